package io.compressor.solver.activation;

/**
 * Feed the layer (x − shift) / scale, multiply its weight columns by scale, and add W·shift to its
 * bias: the same output in exact arithmetic, less noise in int8.
 *
 * @param scale [channels], &gt; 0, geometric mean about 1; all 1 when nothing helps
 * @param shift [channels]; all 0 unless asked for and useful
 * @param alpha of the scale; 0 together with scales of 1 means none
 * @param before predicted noise of the layer as it is
 * @param after predicted noise with scale and shift
 */
public record Smoothing(
    double[] scale,
    double[] shift,
    double alpha,
    QuantizationNoise before,
    QuantizationNoise after) {
  /** Part of the noise that goes away, in [0, 1). */
  public double gain() {
    return before.total() == 0 ? 0 : 1 - after.total() / before.total();
  }
}
