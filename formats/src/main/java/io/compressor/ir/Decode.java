package io.compressor.ir;

import java.nio.ByteBuffer;

/** Raw tensor bytes to Java numbers. */
final class Decode {
  private Decode() {}

  static float[] floats(Tensor tensor) {
    ByteBuffer raw = tensor.data().buffer();
    float[] out = new float[Math.toIntExact(tensor.elements())];
    switch (tensor.type()) {
      case FLOAT -> raw.asFloatBuffer().get(out);
      case DOUBLE -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = (float) raw.getDouble(8 * i);
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = Float16.toFloat(raw.getShort(2 * i));
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = Float16.bfloatToFloat(raw.getShort(2 * i));
        }
      }
      default -> {
        long[] whole = longs(tensor);
        for (int i = 0; i < out.length; i++) {
          out[i] = whole[i];
        }
      }
    }
    return out;
  }

  static long[] longs(Tensor tensor) {
    ByteBuffer raw = tensor.data().buffer();
    long[] out = new long[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < out.length; i++) {
      out[i] = whole(tensor, raw, i);
    }
    return out;
  }

  private static long whole(Tensor tensor, ByteBuffer raw, int i) {
    return switch (tensor.type()) {
      case INT64, UINT64 -> raw.getLong(8 * i);
      case INT32 -> raw.getInt(4 * i);
      case UINT32 -> raw.getInt(4 * i) & 0xffffffffL;
      case INT16 -> raw.getShort(2 * i);
      case UINT16 -> raw.getShort(2 * i) & 0xffff;
      case INT8 -> raw.get(i);
      case UINT8, BOOL -> raw.get(i) & 0xff;
      case UINT4 -> packed(raw, i, 4);
      case INT4 -> signed(packed(raw, i, 4), 4);
      case UINT2 -> packed(raw, i, 2);
      case INT2 -> signed(packed(raw, i, 2), 2);
      default ->
          throw new IllegalStateException(
              "'" + tensor.name() + "' holds no integers: " + tensor.type());
    };
  }

  private static long packed(ByteBuffer raw, int i, int bits) {
    int perByte = 8 / bits;
    return (raw.get(i / perByte) >> (i % perByte * bits)) & ((1 << bits) - 1);
  }

  private static long signed(long code, int bits) {
    return code << (64 - bits) >> (64 - bits);
  }
}
