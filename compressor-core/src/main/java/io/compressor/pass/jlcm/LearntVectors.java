package io.compressor.pass.jlcm;

import io.compressor.engine.Engine;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.learn.LearntSite;
import io.compressor.pass.weights.learn.StudentSite;
import io.compressor.recipe.JlcmOptions;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.VectorCodebook;
import io.compressor.solver.VectorGrid;

/** One site while its codewords of several weights, their choices and its row scales learn. */
final class LearntVectors extends LearntSite {
  private final VectorGrid grid;
  private final VectorLearning learning;

  private LearntVectors(
      SolvedSite solved,
      StudentSite student,
      VectorGrid grid,
      VectorLearning learning,
      double rate) {
    super(solved, student, learning, rate);
    this.grid = grid;
    this.learning = learning;
  }

  static LearntVectors of(
      SolvedSite solved, StudentSite student, JlcmOptions options, Engine engine) {
    VectorGrid grid = (VectorGrid) solved.weight().grid();
    float[] wanted = solved.task().weight();
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = (float) ((double) wanted[i] / grid.rowScales()[i / grid.cols()]);
    }
    byte[] words = grid.table().words();
    float[] table = new float[words.length];
    for (int i = 0; i < table.length; i++) {
      table[i] = words[i];
    }
    VectorLearning learning =
        new VectorLearning(
            student.site().layout(),
            grid.table().length(),
            grid.chosen(solved.weight().codes()),
            table,
            wanted,
            engine);
    return new LearntVectors(solved, student, grid, learning, options.learningRate());
  }

  @Override
  protected QuantizedWeight hardened(float[] factors) {
    float[] table = learning.table();
    double unit = VectorCodebook.unit(table, limit());
    float[] scales = new float[factors.length];
    for (int r = 0; r < scales.length; r++) {
      scales[r] = (float) Math.max(Float.MIN_NORMAL, student().start()[r] * factors[r] * unit);
    }
    VectorCodebook words = VectorCodebook.of(table, grid.table().length(), limit());
    return new VectorGrid(grid.rows(), grid.cols(), words, scales).spread(learning.codes());
  }
}
