package io.compressor.formats.onnx;

import io.compressor.ir.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds one protobuf message as a list of parts: small fields are gathered in heap segments, big
 * payloads are only referred to. So sizes are known before a single weight is read.
 */
final class WireWriter {
  /** Payloads below this are copied into the segment. */
  private static final int COPY_BELOW = 4096;

  private final List<Bytes> parts = new ArrayList<>(1);
  private ByteArrayOutputStream segment = new ByteArrayOutputStream();

  /** A varint field, always written. */
  WireWriter varint(int field, long value) {
    tag(field, WireReader.VARINT);
    writeVarint(value);
    return this;
  }

  WireWriter float32(int field, float value) {
    tag(field, WireReader.FIXED32);
    int bits = Float.floatToRawIntBits(value);
    for (int shift = 0; shift < 32; shift += 8) {
      segment.write(bits >>> shift);
    }
    return this;
  }

  /** A text field, always written. */
  WireWriter text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** A text field, left out when empty. */
  WireWriter present(int field, String value) {
    return value.isEmpty() ? this : text(field, value);
  }

  WireWriter texts(int field, List<String> values) {
    values.forEach(v -> text(field, v));
    return this;
  }

  WireWriter bytes(int field, byte[] value) {
    tag(field, WireReader.DELIMITED);
    writeVarint(value.length);
    segment.writeBytes(value);
    return this;
  }

  /** A length-delimited field: bytes or a message. */
  WireWriter bytes(int field, Bytes payload) {
    tag(field, WireReader.DELIMITED);
    writeVarint(payload.size());
    return raw(payload);
  }

  /** Whole fields, verbatim. */
  WireWriter raw(Bytes fields) {
    if (fields instanceof Bytes.Concat concat) {
      concat.parts().forEach(this::raw);
    } else if (fields.size() < COPY_BELOW) {
      ByteBuffer buffer = fields.buffer();
      while (buffer.hasRemaining()) {
        segment.write(buffer.get());
      }
    } else {
      flush();
      parts.add(fields);
    }
    return this;
  }

  /** The message; the writer must not be used any more. */
  Bytes build() {
    flush();
    return Bytes.concat(parts);
  }

  private void flush() {
    if (segment.size() > 0) {
      parts.add(Bytes.of(segment.toByteArray()));
      segment = new ByteArrayOutputStream();
    }
  }

  private void tag(int field, int wireType) {
    writeVarint((long) field << 3 | wireType);
  }

  private void writeVarint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      segment.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    segment.write((int) rest);
  }
}
