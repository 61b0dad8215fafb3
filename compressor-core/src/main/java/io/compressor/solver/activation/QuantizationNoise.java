package io.compressor.solver.activation;

/**
 * Predicted mean square error of a layer's output vector, summed over its outputs.
 *
 * @param activation from rounding x to uint8
 * @param weight from rounding W to int8
 */
public record QuantizationNoise(double activation, double weight) {
  public double total() {
    return activation + weight;
  }
}
