package io.compressor.evaluate;

/** One pooled vector per sample. */
final class Embeddings {
  private final float[][] vectors;

  Embeddings(int samples) {
    vectors = new float[samples][];
  }

  void put(int sample, float[] vector) {
    vectors[sample] = vector;
  }

  float[] get(int sample) {
    return vectors[sample];
  }

  int size() {
    return vectors.length;
  }

  /** Cosine of the angle between two vectors: exactly 1 for equal ones, 0 if only one is zero. */
  static double cosine(float[] a, float[] b) {
    return cosine(a, 0, b, 0, a.length);
  }

  static double cosine(float[] a, int fromA, float[] b, int fromB, int length) {
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < length; i++) {
      double x = a[fromA + i];
      double y = b[fromB + i];
      dot += x * y;
      aa += x * x;
      bb += y * y;
    }
    if (aa == 0 && bb == 0) {
      return 1;
    }
    return aa == 0 || bb == 0 ? 0 : dot / Math.sqrt(aa * bb);
  }
}
