package io.compressor.pass.jlcm;

import io.compressor.engine.Engine;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.learn.StudentSite;
import io.compressor.recipe.JlcmOptions;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.VectorCodebook;
import io.compressor.solver.VectorGrid;
import io.compressor.train.Learner;
import io.compressor.train.Optimizer;
import io.compressor.train.Variable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** One site while its codewords of several weights, their choices and its row scales learn. */
final class LearntVectors implements LearntSite {
  private static final double FACTOR_RATE = 0.2;

  private final SolvedSite solved;
  private final StudentSite student;
  private final VectorLearning learning;
  private final double rate;
  private QuantizedWeight best;

  private LearntVectors(
      SolvedSite solved, StudentSite student, VectorLearning learning, double rate) {
    this.solved = solved;
    this.student = student;
    this.learning = learning;
    this.rate = rate;
    this.best = solved.weight();
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
    return new LearntVectors(solved, student, learning, options.learningRate());
  }

  @Override
  public List<Variable> variables() {
    return List.of(
        new Variable(student.levelsTensor(), n -> learning, rate),
        new Variable(
            student.factorTensor(),
            Optimizer.within(0.2f, 5, Optimizer.adamW(0)),
            rate * FACTOR_RATE));
  }

  @Override
  public void keep(Learner trainer) {
    float[] factors = student.factors(trainer.values(student.factorName()));
    float[] table = learning.table();
    int limit = solved.task().grid().limit();
    double unit = VectorCodebook.unit(table, limit);
    float[] scales = new float[factors.length];
    for (int r = 0; r < scales.length; r++) {
      scales[r] = (float) Math.max(Float.MIN_NORMAL, student.start()[r] * factors[r] * unit);
    }
    VectorGrid grid = (VectorGrid) best.grid();
    VectorCodebook words = VectorCodebook.of(table, grid.table().length(), limit);
    best = new VectorGrid(grid.rows(), grid.cols(), words, scales).spread(learning.codes());
  }

  @Override
  public SolvedSite result() {
    return new SolvedSite(
        solved.task(),
        best,
        "jlcm",
        Optional.empty(),
        solved.errorPredicted(),
        OptionalDouble.empty(),
        solved.warnings());
  }

  @Override
  public StudentSite student() {
    return student;
  }
}
