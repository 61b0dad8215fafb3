package io.compressor.pass.weights.learn;

import io.compressor.graph.WeightLayout;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.UniformGrid;
import io.compressor.train.Optimizer;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** One site on evenly spaced levels while it learns: codes and scales; zero points stay. */
final class LearntUniform extends LearntSite {
  private final UniformGrid grid;
  private final Codes codes;

  private LearntUniform(SolvedSite solved, StudentSite student, Codes codes, double rate) {
    super(solved, student, codes, rate);
    this.grid = (UniformGrid) solved.weight().grid();
    this.codes = codes;
  }

  static LearntUniform of(
      SolvedSite solved, StudentSite student, CodeChoice.Factory choice, double rate) {
    UniformGrid grid = (UniformGrid) solved.weight().grid();
    float[] wanted = student.wanted(solved.task().weight());
    Codes codes = codes(grid, solved.weight().codes(), student, wanted, choice);
    return new LearntUniform(solved, student, codes, rate);
  }

  /**
   * @param wanted levels that the original weights ask for, [out × in]
   */
  static Codes codes(
      UniformGrid grid,
      byte[] codes,
      StudentSite student,
      float[] wanted,
      CodeChoice.Factory choice) {
    float[] table = new float[1 << grid.bits()];
    for (int k = 0; k < table.length; k++) {
      table[k] = k;
    }
    byte[] zeros = new byte[wanted.length];
    float[] shifted = wanted.clone();
    int cols = grid.cols();
    for (int i = 0; i < wanted.length; i++) {
      zeros[i] = grid.zeros()[i / cols * grid.groups() + i % cols / grid.group()];
      shifted[i] += zeros[i] & 0xff;
    }
    WeightLayout layout = student.site().layout();
    byte[] stored = layout.toStored(codes).clone();
    CodeChoice made = choice.of(layout.toStored(shifted), stored, table);
    return new Codes(stored, layout.toStored(zeros), table, made);
  }

  @Override
  protected QuantizedWeight hardened(float[] factors) {
    return new QuantizedWeight(
        scaled(grid, factors), student().site().layout().toMatrix(codes.codes.clone()));
  }

  /**
   * @param factors of the scales, [out × groups]
   */
  static UniformGrid scaled(UniformGrid grid, float[] factors) {
    float[] scales = grid.scales().clone();
    for (int i = 0; i < scales.length; i++) {
      scales[i] *= factors[i];
    }
    return new UniformGrid(
        grid.rows(), grid.cols(), grid.bits(), grid.group(), scales, grid.zeros());
  }

  /** A weight's level is its code less the zero point of its group; all in stored order. */
  record Codes(byte[] codes, byte[] zeros, float[] table, CodeChoice choice) implements Optimizer {
    @Override
    public void update(
        float[] values, float[] gradients, int from, int count, double rate, int step) {
      choice.move(codes, table, gradients, from, count, rate, step);
      for (int i = 0; i < count; i++) {
        values[i] = (codes[from + i] & 0xff) - (zeros[from + i] & 0xff);
      }
    }

    @Override
    public List<Buffer> state() {
      List<Buffer> all = new ArrayList<>(choice.state());
      all.add(ByteBuffer.wrap(codes));
      return all;
    }
  }
}
