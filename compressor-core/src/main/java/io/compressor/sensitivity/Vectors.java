package io.compressor.sensitivity;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** Tensors of float or double as vectors; sums in double precision. */
final class Vectors {
  private Vectors() {}

  static double dot(Tensor a, Tensor b) {
    if (a.type() != b.type() || a.elements() != b.elements()) {
      throw new IllegalArgumentException(a + " against " + b);
    }
    ByteBuffer x = a.data().buffer().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer y = b.data().buffer().order(ByteOrder.LITTLE_ENDIAN);
    int n = Math.toIntExact(a.elements());
    double sum = 0;
    if (a.type() == ElementType.DOUBLE) {
      for (int i = 0; i < n; i++) {
        sum += x.getDouble(8 * i) * y.getDouble(8 * i);
      }
    } else {
      for (int i = 0; i < n; i++) {
        sum += (double) x.getFloat(4 * i) * y.getFloat(4 * i);
      }
    }
    return sum;
  }

  static double norm(Tensor a) {
    return Math.sqrt(dot(a, a));
  }

  /** Entries +1 and −1. */
  static Tensor rademacher(Tensor like, SplittableRandom random) {
    int n = Math.toIntExact(like.elements());
    long bits = 0;
    double[] signs = new double[n];
    for (int i = 0; i < n; i++) {
      bits = (i & 63) == 0 ? random.nextLong() : bits >>> 1;
      signs[i] = (bits & 1) == 0 ? -1 : 1;
    }
    return of(like, signs);
  }

  static Tensor zeros(Tensor like) {
    return of(like, new double[Math.toIntExact(like.elements())]);
  }

  private static Tensor of(Tensor like, double[] values) {
    if (like.type() == ElementType.DOUBLE) {
      return Tensor.ofDoubles(like.name(), like.dims(), values);
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Tensor.ofFloats(like.name(), like.dims(), floats);
  }

  /** factor · from, added onto a sum. */
  static void add(double[] sum, double factor, Tensor from) {
    ByteBuffer x = from.data().buffer().order(ByteOrder.LITTLE_ENDIAN);
    boolean wide = from.type() == ElementType.DOUBLE;
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * (wide ? x.getDouble(8 * i) : x.getFloat(4 * i));
    }
  }

  static Tensor from(double[] sum, Tensor like) {
    return of(like, sum);
  }
}
