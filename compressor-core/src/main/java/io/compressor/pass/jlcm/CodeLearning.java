package io.compressor.pass.jlcm;

import io.compressor.train.Optimizer;
import java.util.Arrays;

/**
 * Learns the levels of one weight as codewords of one table: choices and codewords together. The
 * gradient of a codeword is the sum over the weights that chose it; it is applied once a step is
 * whole, and shows in the levels with the next one.
 */
final class CodeLearning implements Optimizer {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;

  /** Width of the parts that gradients of codewords are summed in, in order. */
  private static final int PART = 1 << 14;

  private final byte[] codes;
  private final float[] table;
  private final CodeChoice choice;
  private final double tableRate;
  private final double[][] sums;
  private final double[] first;
  private final double[] second;

  /**
   * @param codes [elements]; changed in place
   * @param table ascending codewords; changed in place
   * @param tableRate how far a codeword may go in one step, in mean gaps, beside the choices' rate
   */
  CodeLearning(byte[] codes, float[] table, CodeChoice choice, double tableRate) {
    this.codes = codes;
    this.table = table;
    this.choice = choice;
    this.tableRate = tableRate;
    this.sums = new double[(codes.length + PART - 1) / PART][table.length];
    this.first = new double[table.length];
    this.second = new double[table.length];
  }

  byte[] codes() {
    return codes;
  }

  float[] table() {
    return table;
  }

  @Override
  public void update(
      float[] values, float[] gradients, int from, int count, double rate, int step) {
    double[] sum = sums[from / PART];
    for (int i = 0; i < count; i++) {
      sum[codes[from + i] & 0xff] += gradients[i];
    }
    choice.move(codes, table, gradients, from, count, rate, step);
    for (int i = 0; i < count; i++) {
      values[i] = table[codes[from + i] & 0xff];
    }
  }

  /** Adam on the codewords; a step that would change their order is left out. */
  @Override
  public void finish(double rate, int step) {
    int size = table.length;
    double gap = (table[size - 1] - table[0]) / (size - 1.0);
    float[] moved = new float[size];
    for (int k = 0; k < size; k++) {
      double g = 0;
      for (double[] sum : sums) {
        g += sum[k];
        sum[k] = 0;
      }
      first[k] = BETA1 * first[k] + (1 - BETA1) * g;
      second[k] = BETA2 * second[k] + (1 - BETA2) * g * g;
      double m = first[k] / (1 - Math.pow(BETA1, step));
      double v = second[k] / (1 - Math.pow(BETA2, step));
      double by = v == 0 ? 0 : m / (Math.sqrt(v) + 1e-30);
      moved[k] = (float) (table[k] - rate * tableRate * gap * by);
    }
    boolean ascending = true;
    for (int k = 1; k < size; k++) {
      ascending &= moved[k] > moved[k - 1];
    }
    if (ascending) {
      System.arraycopy(moved, 0, table, 0, size);
    }
  }

  @Override
  public String toString() {
    return "CodeLearning" + Arrays.toString(table);
  }
}
