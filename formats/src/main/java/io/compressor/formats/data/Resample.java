package io.compressor.formats.data;

import java.util.Arrays;

/**
 * Antialiased bilinear resize: a triangle filter whose support grows with the reduction, columns
 * first, then rows, 8 bits in between. The arithmetic (22-bit fixed point, rounding, clipping) is
 * that of Pillow's {@code Image.resize(..., BILINEAR)}, so that pictures are what models were
 * trained on, bit by bit. Pillow 13 takes rows first for some shapes: one step of 255 apart there.
 */
final class Resample {
  private static final int PRECISION = 22;

  private Resample() {}

  /**
   * Weights of the input samples that make one output sample.
   *
   * @param first of the input samples, by output sample
   * @param weights fixed-point, by output sample
   */
  private record Kernel(int[] first, int[][] weights) {}

  static Picture to(Picture in, int height, int width) {
    Picture wide = in.width() == width ? in : columns(in, width);
    return wide.height() == height ? wide : rows(wide, height);
  }

  private static Picture columns(Picture in, int width) {
    int channels = in.channels();
    Kernel kernel = kernel(in.width(), width);
    byte[] source = in.samples();
    byte[] out = new byte[width * in.height() * channels];
    for (int y = 0; y < in.height(); y++) {
      for (int x = 0; x < width; x++) {
        int[] weights = kernel.weights()[x];
        int start = (y * in.width() + kernel.first()[x]) * channels;
        for (int c = 0; c < channels; c++) {
          int sum = 1 << (PRECISION - 1);
          for (int k = 0; k < weights.length; k++) {
            sum += (source[start + k * channels + c] & 0xff) * weights[k];
          }
          out[(y * width + x) * channels + c] = clip(sum);
        }
      }
    }
    return new Picture(width, in.height(), channels, out);
  }

  private static Picture rows(Picture in, int height) {
    int line = in.width() * in.channels();
    Kernel kernel = kernel(in.height(), height);
    byte[] source = in.samples();
    byte[] out = new byte[height * line];
    int[] sums = new int[line];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, 1 << (PRECISION - 1));
      int[] weights = kernel.weights()[y];
      for (int k = 0; k < weights.length; k++) {
        int start = (kernel.first()[y] + k) * line;
        for (int i = 0; i < line; i++) {
          sums[i] += (source[start + i] & 0xff) * weights[k];
        }
      }
      for (int i = 0; i < line; i++) {
        out[y * line + i] = clip(sums[i]);
      }
    }
    return new Picture(in.width(), height, in.channels(), out);
  }

  private static byte clip(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> PRECISION));
  }

  private static Kernel kernel(int in, int out) {
    double scale = (double) in / out;
    double support = Math.max(1, scale);
    int[] first = new int[out];
    int[][] weights = new int[out][];
    for (int i = 0; i < out; i++) {
      double centre = (i + 0.5) * scale;
      int from = Math.max(0, (int) (centre - support + 0.5));
      int to = Math.min(in, (int) (centre + support + 0.5));
      double[] w = new double[to - from];
      double sum = 0;
      for (int k = 0; k < w.length; k++) {
        w[k] = Math.max(0, 1 - Math.abs((k + from - centre + 0.5) / support));
        sum += w[k];
      }
      first[i] = from;
      weights[i] = new int[w.length];
      for (int k = 0; k < w.length; k++) {
        weights[i][k] = (int) (0.5 + w[k] / sum * (1 << PRECISION));
      }
    }
    return new Kernel(first, weights);
  }
}
