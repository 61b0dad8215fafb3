package io.compressor.evaluate;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;

/** One pooled vector per sample. */
final class Embeddings {
  /** Share of the heap that the vectors of one model may take; two models are compared. */
  private static final int HEAP_SHARE = 4;

  private final float[][] vectors;
  private long bytes;

  Embeddings(int samples) {
    vectors = new float[samples][];
  }

  /**
   * @throws CompressorException DATA when the vectors outgrow the memory
   */
  void put(int sample, float[] vector) {
    bytes += 4L * vector.length;
    if (bytes > Runtime.getRuntime().maxMemory() / HEAP_SHARE) {
      throw new CompressorException(
          ErrorCode.DATA,
          "evaluation data",
          "%d vectors of %d values do not fit in memory".formatted(vectors.length, vector.length),
          "evaluate on fewer samples, choose mean or cls pooling, or give Java more memory (-Xmx)");
    }
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
