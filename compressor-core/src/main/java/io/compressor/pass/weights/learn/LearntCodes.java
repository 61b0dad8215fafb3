package io.compressor.pass.weights.learn;

import io.compressor.pass.weights.SolvedSite;
import io.compressor.solver.Codebook;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.FoldedScales;
import io.compressor.solver.QuantizedWeight;

/** One site while it learns: a table, a choice for each weight, a factor for each scale. */
final class LearntCodes extends LearntSite {
  private static final double TABLE_RATE = 1;

  private final CodeLearning learning;

  private LearntCodes(SolvedSite solved, StudentSite student, CodeLearning learning, double rate) {
    super(solved, student, learning, rate);
    this.learning = learning;
  }

  static LearntCodes of(
      SolvedSite solved, StudentSite student, CodeChoice.Factory choice, double rate) {
    FoldedGrid grid = (FoldedGrid) solved.weight().grid();
    byte[] words = grid.table().levels();
    float[] table = new float[words.length];
    for (int k = 0; k < table.length; k++) {
      table[k] = words[k];
    }
    byte[] codes = student.site().layout().toStored(solved.weight().codes()).clone();
    float[] wanted = student.site().layout().toStored(student.wanted(solved.task().weight()));
    CodeChoice made = choice.of(wanted, codes, table);
    return new LearntCodes(solved, student, new CodeLearning(codes, table, made, TABLE_RATE), rate);
  }

  @Override
  protected QuantizedWeight hardened(float[] factors) {
    StudentSite student = student();
    float[] scales = student.start().clone();
    for (int i = 0; i < scales.length; i++) {
      scales[i] *= factors[i];
    }
    int limit = limit();
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
}
