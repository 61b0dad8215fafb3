package io.compressor.autodiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Derivatives of Σ output · cotangent by differences of what a session computes.
 *
 * @param cotangents by output
 * @param step on either side
 */
record CentralDifferences(RuntimeSession forward, Map<String, Tensor> cotangents, double step) {
  /** Of the largest of a gradient. */
  static final double TOLERANCE = 1e-6;

  /** Fails where a gradient is off by more than the tolerance. */
  void compare(Map<String, Tensor> inputs, String parameter, Tensor found) {
    double[] expected = of(inputs, parameter);
    assertArrayEquals(inputs.get(parameter).dims(), found.dims(), "shape of d/" + parameter);
    double[] got = doubles(found);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < got.length; i++) {
      double error = Math.abs(got[i] - expected[i]);
      assertTrue(
          error <= TOLERANCE * Math.max(largest, 1e-3),
          "d/" + parameter + "[" + i + "] is " + got[i] + ", differences say " + expected[i]);
    }
  }

  private double[] of(Map<String, Tensor> inputs, String parameter) {
    Tensor at = inputs.get(parameter);
    double[] values = doubles(at);
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double up = product(inputs, moved(at, values, i, step));
      double down = product(inputs, moved(at, values, i, -step));
      result[i] = (up - down) / (2 * step);
    }
    return result;
  }

  private static Tensor moved(Tensor at, double[] values, int i, double by) {
    double[] copy = values.clone();
    copy[i] += by;
    return tensor(at.type(), at.name(), at.dims(), copy);
  }

  private double product(Map<String, Tensor> inputs, Tensor moved) {
    Map<String, Tensor> now = new LinkedHashMap<>(inputs);
    now.put(moved.name(), moved);
    Map<String, Tensor> outputs = forward.run(now);
    double sum = 0;
    for (Map.Entry<String, Tensor> one : cotangents.entrySet()) {
      double[] y = doubles(outputs.get(one.getKey()));
      double[] g = doubles(one.getValue());
      for (int i = 0; i < y.length; i++) {
        sum += y[i] * g[i];
      }
    }
    return sum;
  }

  static Tensor tensor(ElementType type, String name, long[] dims, double[] values) {
    if (type == ElementType.DOUBLE) {
      return Tensor.ofDoubles(name, dims, values);
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return Tensor.ofFloats(name, dims, floats);
  }

  static double[] doubles(Tensor tensor) {
    ByteBuffer bytes = tensor.data().buffer().order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          tensor.type() == ElementType.DOUBLE ? bytes.getDouble(8 * i) : bytes.getFloat(4 * i);
    }
    return values;
  }
}
