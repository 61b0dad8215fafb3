package io.compressor.encoding;

import io.compressor.ir.ElementType;
import io.compressor.ir.Float16;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Scales in two bytes each where that loses nothing, such as powers of two; else in four. */
final class ScaleStorage {
  /** A Cast and its names cost about this much. */
  private static final int WORTHWHILE = 256;

  private ScaleStorage() {}

  /** Bytes of so many scales with 11 significant bits. */
  static long bytes(long count) {
    return count >= WORTHWHILE ? 2 * count : 4 * count;
  }

  /** The name of a FLOAT value that reads constants only. */
  static String write(Emission emission, String name, long[] dims, float[] scales) {
    if (scales.length < WORTHWHILE || !fits(scales)) {
      return emission.constant(Tensor.ofFloats(name, dims, scales));
    }
    ByteBuffer raw = ByteBuffer.allocate(2 * scales.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float s : scales) {
      raw.putShort(Float16.fromFloat(s));
    }
    String half = emission.constant(Tensor.ofBytes(name, ElementType.FLOAT16, dims, raw.array()));
    NodeList nodes = new NodeList(emission);
    String restored = nodes.cast(name + "_float", half, ElementType.FLOAT);
    emission.inFront(nodes);
    return restored;
  }

  private static boolean fits(float[] scales) {
    for (float s : scales) {
      if (Float16.toFloat(Float16.fromFloat(s)) != s) {
        return false;
      }
    }
    return true;
  }
}
