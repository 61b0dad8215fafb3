package io.compressor.solver.rotation;

/** The normalised Walsh-Hadamard transform, natural order, n log n additions. */
final class WalshHadamard {
  private WalshHadamard() {}

  /** v ← v · H / √n in place, for values[from … from + n), n a power of two. */
  static void apply(double[] values, int from, int n) {
    for (int half = 1; half < n; half *= 2) {
      for (int block = from; block < from + n; block += 2 * half) {
        for (int i = block; i < block + half; i++) {
          double a = values[i];
          double b = values[i + half];
          values[i] = a + b;
          values[i + half] = a - b;
        }
      }
    }
    double norm = 1 / Math.sqrt(n);
    for (int i = from; i < from + n; i++) {
      values[i] *= norm;
    }
  }
}
