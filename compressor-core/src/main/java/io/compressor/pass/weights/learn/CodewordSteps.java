package io.compressor.pass.weights.learn;

import io.compressor.train.Trainer;
import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.util.List;

/**
 * Steps of codewords by Adam. Gradients are summed part by part, since parts come from several
 * threads, and the sums are added in the order of the parts.
 */
public final class CodewordSteps {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;

  private final double[][] sums;
  private final double[] first;
  private final double[] second;

  /**
   * @param elements whose gradients come
   * @param entries numbers in the table
   */
  public CodewordSteps(int elements, int entries) {
    this.sums = new double[(elements + Trainer.PART - 1) / Trainer.PART][entries];
    this.first = new double[entries];
    this.second = new double[entries];
  }

  /** Adam's moments; the sums are spent when a step is whole. */
  public List<Buffer> state() {
    return List.of(DoubleBuffer.wrap(first), DoubleBuffer.wrap(second));
  }

  /** Where the part that starts at an element sums what it has, [entries]. */
  public double[] part(int from) {
    return sums[from / Trainer.PART];
  }

  /** Adam's direction for an entry, about 1 at most; its sums begin anew. Once an entry a step. */
  public double next(int entry, int step) {
    double g = 0;
    for (double[] sum : sums) {
      g += sum[entry];
      sum[entry] = 0;
    }
    first[entry] = BETA1 * first[entry] + (1 - BETA1) * g;
    second[entry] = BETA2 * second[entry] + (1 - BETA2) * g * g;
    double m = first[entry] / (1 - Math.pow(BETA1, step));
    double v = second[entry] / (1 - Math.pow(BETA2, step));
    return v == 0 ? 0 : m / (Math.sqrt(v) + 1e-30);
  }
}
