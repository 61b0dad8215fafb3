package io.compressor.ir;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * String tensors in the wire form of the repeated field TensorProto.string_data: for each element
 * the field's tag, its length as a varint, its bytes. Kept so, the writer repeats it verbatim.
 */
final class StringData {
  /** Field 6, length-delimited. */
  private static final int TAG = 6 << 3 | 2;

  private StringData() {}

  static Bytes encode(List<byte[]> values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] value : values) {
      out.write(TAG);
      int length = value.length;
      for (; length > 0x7f; length >>>= 7) {
        out.write((length & 0x7f) | 0x80);
      }
      out.write(length);
      out.writeBytes(value);
    }
    return Bytes.of(out.toByteArray());
  }

  /** Inverse of {@link #encode}; the bytes were validated when they were read. */
  static List<byte[]> decode(Bytes wire) {
    ByteBuffer in = wire.buffer();
    List<byte[]> values = new ArrayList<>();
    while (in.hasRemaining()) {
      varint(in);
      byte[] value = new byte[varint(in)];
      in.get(value);
      values.add(value);
    }
    return values;
  }

  /** Tag and length may be spelled with more bytes than needed. */
  private static int varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return Math.toIntExact(value);
      }
    }
  }
}
