package io.compressor.pass.jlcm;

import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.learn.StudentSite;
import io.compressor.recipe.JlcmOptions;
import io.compressor.solver.Codebook;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.FoldedScales;
import io.compressor.solver.QuantizedWeight;
import io.compressor.train.Learner;
import io.compressor.train.Optimizer;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.List;

/** One site while it learns: a table, a choice for each weight, a factor for each scale. */
final class LearntCodes implements LearntSite {
  private static final double FACTOR_RATE = 0.2;
  private static final double TABLE_RATE = 1;

  private final SolvedSite solved;
  private final StudentSite student;
  private final CodeLearning learning;
  private final JlcmOptions options;
  private final int limit;
  private QuantizedWeight best;

  private LearntCodes(
      SolvedSite solved, StudentSite student, CodeLearning learning, JlcmOptions options) {
    this.solved = solved;
    this.student = student;
    this.learning = learning;
    this.options = options;
    this.limit = solved.task().grid().limit();
    this.best = solved.weight();
  }

  static LearntCodes of(SolvedSite solved, StudentSite student, JlcmOptions options) {
    FoldedGrid grid = (FoldedGrid) solved.weight().grid();
    byte[] words = grid.table().levels();
    float[] table = new float[words.length];
    for (int k = 0; k < table.length; k++) {
      table[k] = words[k];
    }
    byte[] codes = student.site().layout().toStored(solved.weight().codes()).clone();
    float[] wanted = student.site().layout().toStored(wanted(solved, student));
    CodeChoice choice = choice(options, wanted, codes, table);
    return new LearntCodes(
        solved, student, new CodeLearning(codes, table, choice, TABLE_RATE), options);
  }

  private static CodeChoice choice(
      JlcmOptions options, float[] wanted, byte[] codes, float[] table) {
    return options.gradient() == JlcmOptions.Gradient.LATENT
        ? new LatentChoice(wanted, codes, table)
        : new LogitChoice(IndexGradient.valueOf(options.gradient().name()), codes, table.length);
  }

  /** The original weight in units of the table. */
  private static float[] wanted(SolvedSite solved, StudentSite student) {
    float[] w = solved.task().weight();
    int cols = student.site().in();
    float[] wanted = new float[w.length];
    for (int i = 0; i < w.length; i++) {
      int g = i / cols * student.groups() + i % cols / student.group();
      wanted[i] = w[i] / student.start()[g];
    }
    return wanted;
  }

  @Override
  public List<Variable> variables() {
    List<Variable> all = new ArrayList<>();
    all.add(new Variable(student.levelsTensor(), n -> learning, options.learningRate()));
    all.add(
        new Variable(
            student.factorTensor(),
            Optimizer.within(0.2f, 5, Optimizer.adamW(0)),
            options.learningRate() * FACTOR_RATE));
    return all;
  }

  @Override
  public void keep(Learner trainer) {
    float[] factors = student.factors(trainer.values(student.factorName()));
    float[] scales = student.start().clone();
    for (int i = 0; i < scales.length; i++) {
      scales[i] *= factors[i];
    }
    best = harden(scales);
  }

  private QuantizedWeight harden(float[] scales) {
    float[] table = learning.table();
    double most = 0;
    double[] centers = new double[table.length];
    for (int k = 0; k < table.length; k++) {
      centers[k] = table[k];
      most = Math.max(most, Math.abs(table[k]));
    }
    Codebook words = Codebook.of(centers, limit);
    double unit = most / limit;
    FoldedGrid grid =
        FoldedScales.fold(
            scales, student.site().out(), student.site().in(), student.group(), words, unit, limit);
    byte[] codes = student.site().layout().toMatrix(learning.codes().clone());
    return new QuantizedWeight(
        grid, words.size() == table.length ? codes : nearest(codes, words, unit));
  }

  /** Codewords that fell together in int8 leave fewer of them. */
  private byte[] nearest(byte[] codes, Codebook words, double unit) {
    byte[] levels = words.levels();
    byte[] moved = new byte[learning.table().length];
    for (int k = 0; k < moved.length; k++) {
      double wanted = learning.table()[k] / unit;
      int at = 0;
      while (at + 1 < levels.length
          && Math.abs(levels[at + 1] - wanted) < Math.abs(levels[at] - wanted)) {
        at++;
      }
      moved[k] = (byte) at;
    }
    byte[] result = new byte[codes.length];
    for (int i = 0; i < codes.length; i++) {
      result[i] = moved[codes[i] & 0xff];
    }
    return result;
  }

  @Override
  public SolvedSite result() {
    return new SolvedSite(
        solved.task(),
        best,
        "jlcm",
        java.util.Optional.empty(),
        solved.errorPredicted(),
        java.util.OptionalDouble.empty(),
        solved.warnings());
  }

  @Override
  public StudentSite student() {
    return student;
  }
}
