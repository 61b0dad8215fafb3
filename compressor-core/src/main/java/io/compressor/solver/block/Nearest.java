package io.compressor.solver.block;

import io.compressor.solver.Codebook;

/**
 * The nearest level of a codebook. Levels are integers, so borders between cells are multiples of a
 * half, and a table of half units finds the cell.
 */
final class Nearest {
  private static final int HALVES = 512;

  private final byte[] levels;
  private final byte[] code = new byte[HALVES];
  private final float[] level = new float[HALVES];

  private Nearest(byte[] levels) {
    this.levels = levels;
    for (int i = 0; i < HALVES; i++) {
      double middle = (i - HALVES / 2) / 2.0 + 0.25;
      int best = 0;
      for (int c = 1; c < levels.length; c++) {
        if (Math.abs(levels[c] - middle) < Math.abs(levels[best] - middle)) {
          best = c;
        }
      }
      code[i] = (byte) best;
      level[i] = levels[best];
    }
  }

  static Nearest of(Codebook table) {
    return new Nearest(table.levels());
  }

  /** Of a value in units of the table; halfway between two levels the one of even code. */
  int code(double v) {
    double bounded = Math.max(-HALVES / 4 + 0.5, Math.min(HALVES / 4 - 0.5, v));
    double halves = Math.floor(2 * bounded);
    int found = code[(int) halves + HALVES / 2] & 0xff;
    boolean isBorder = halves == 2 * bounded && found > 0 && (found & 1) == 1;
    return isBorder && v - levels[found - 1] == levels[found] - v ? found - 1 : found;
  }

  /** Σ (t − nearest)² of values[0 … n) · inverse, in units of the table. */
  double error(float[] values, int n, float inverse) {
    double sum = 0;
    for (int from = 0; from < n; from += 64) {
      float part = 0;
      int to = Math.min(n, from + 64);
      for (int i = from; i < to; i++) {
        float t = values[i] * inverse;
        float b = Math.max(-127, Math.min(127, t));
        float e = t - level[(int) (2 * b + HALVES / 2)];
        part += e * e;
      }
      sum += part;
    }
    return sum;
  }
}
