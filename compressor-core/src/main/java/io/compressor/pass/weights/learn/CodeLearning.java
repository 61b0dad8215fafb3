package io.compressor.pass.weights.learn;

import io.compressor.train.Optimizer;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Learns the levels of one weight as codewords of one table: choices and codewords together. The
 * gradient of a codeword is the sum over the weights that chose it; it is applied once a step is
 * whole, and shows in the levels with the next one.
 */
final class CodeLearning implements Optimizer {
  private final byte[] codes;
  private final float[] table;
  private final float[] shown;
  private final CodeChoice choice;
  private final double tableRate;
  private final CodewordSteps steps;

  /**
   * @param codes [elements]; changed in place
   * @param table ascending codewords; changed in place
   * @param tableRate how far a codeword may go in one step, in mean gaps, beside the choices' rate
   */
  CodeLearning(byte[] codes, float[] table, CodeChoice choice, double tableRate) {
    this.codes = codes;
    this.table = table;
    this.shown = table.clone();
    this.choice = choice;
    this.tableRate = tableRate;
    this.steps = new CodewordSteps(codes.length, table.length);
  }

  byte[] codes() {
    return codes;
  }

  /** The codewords that the levels show: those of before the last step's end. */
  float[] table() {
    return shown;
  }

  @Override
  public void update(
      float[] values, float[] gradients, int from, int count, double rate, int step) {
    double[] sum = steps.part(from);
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
    System.arraycopy(table, 0, shown, 0, size);
    double gap = (table[size - 1] - table[0]) / (size - 1.0);
    float[] moved = new float[size];
    for (int k = 0; k < size; k++) {
      moved[k] = (float) (table[k] - rate * tableRate * gap * steps.next(k, step));
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
  public List<Buffer> state() {
    List<Buffer> all = new ArrayList<>();
    all.add(ByteBuffer.wrap(codes));
    all.add(FloatBuffer.wrap(table));
    all.add(FloatBuffer.wrap(shown));
    all.addAll(steps.state());
    all.addAll(choice.state());
    return all;
  }

  @Override
  public String toString() {
    return "CodeLearning" + Arrays.toString(table);
  }
}
