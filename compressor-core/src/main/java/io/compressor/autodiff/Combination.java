package io.compressor.autodiff;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Sums of two float or double tensors, each with a factor. */
final class Combination {
  private Combination() {}

  /**
   * @return α·a + β·b under the name of {@code a}, added in double precision
   * @throws CompressorException USAGE when they differ in type or shape
   */
  static Tensor of(double alpha, Tensor a, double beta, Tensor b) {
    if (a.type() != b.type() || !Arrays.equals(a.dims(), b.dims())) {
      throw new CompressorException(
          ErrorCode.USAGE, b.name(), "found " + b + ", expected the type and shape of " + a, "");
    }
    int count = Math.toIntExact(a.elements());
    ByteBuffer left = a.data().buffer().order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer right = b.data().buffer().order(ByteOrder.LITTLE_ENDIAN);
    if (a.type() == ElementType.DOUBLE) {
      double[] sum = new double[count];
      for (int i = 0; i < count; i++) {
        sum[i] = alpha * left.getDouble(8 * i) + beta * right.getDouble(8 * i);
      }
      return Tensor.ofDoubles(a.name(), a.dims(), sum);
    }
    if (a.type() != ElementType.FLOAT) {
      throw new CompressorException(
          ErrorCode.USAGE, a.name(), "is " + a.type() + ", expected FLOAT or DOUBLE", "");
    }
    float[] sum = new float[count];
    for (int i = 0; i < count; i++) {
      sum[i] = (float) (alpha * left.getFloat(4 * i) + beta * right.getFloat(4 * i));
    }
    return Tensor.ofFloats(a.name(), a.dims(), sum);
  }
}
