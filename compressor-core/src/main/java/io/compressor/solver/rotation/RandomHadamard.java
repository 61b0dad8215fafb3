package io.compressor.solver.rotation;

import java.util.SplittableRandom;

/**
 * Q = diag(±1) · (Q_K ⊗ H / √2^m) for any n = K · 2^m with K odd: random signs, a Hadamard matrix,
 * and for the odd rest a random orthogonal matrix, because Hadamard matrices of odd order do not
 * exist. It spreads every channel over all others (QuaRot, arXiv 2404.00456, section 3).
 *
 * <p>One product costs n · (m + K) operations.
 */
public final class RandomHadamard implements OrthogonalMatrix {
  private final boolean[] negative;
  private final double[][] odd;
  private final int power;

  private RandomHadamard(boolean[] negative, double[][] odd, int power) {
    this.negative = negative;
    this.odd = odd;
    this.power = power;
  }

  /**
   * The matrix of a size and a seed.
   *
   * @throws IllegalArgumentException when {@code n} is not positive
   */
  public static RandomHadamard of(int n, long seed) {
    if (n < 1) {
      throw new IllegalArgumentException("expected a positive size but got " + n);
    }
    SplittableRandom random = new SplittableRandom(seed);
    boolean[] negative = new boolean[n];
    for (int i = 0; i < n; i++) {
      negative[i] = random.nextBoolean();
    }
    int power = Integer.lowestOneBit(n);
    return new RandomHadamard(negative, HaarMatrix.of(n / power, random.nextLong()), power);
  }

  @Override
  public int size() {
    return negative.length;
  }

  @Override
  public String shape() {
    return odd.length == 1 ? String.valueOf(power) : odd.length + " x " + power;
  }

  @Override
  public void apply(double[] values, int from) {
    for (int i = 0; i < negative.length; i++) {
      if (negative[i]) {
        values[from + i] = -values[from + i];
      }
    }
    for (int k = 0; k < odd.length; k++) {
      WalshHadamard.apply(values, from + k * power, power);
    }
    if (odd.length > 1) {
      mix(values, from);
    }
  }

  /** Across the K blocks: v[·, j] ← v[·, j] · Q_K for each place j in a block. */
  private void mix(double[] values, int from) {
    double[] line = new double[odd.length];
    for (int j = from; j < from + power; j++) {
      java.util.Arrays.fill(line, 0);
      for (int k = 0; k < odd.length; k++) {
        double v = values[j + k * power];
        double[] row = odd[k];
        for (int c = 0; c < row.length; c++) {
          line[c] += v * row[c];
        }
      }
      for (int k = 0; k < odd.length; k++) {
        values[j + k * power] = line[k];
      }
    }
  }
}
