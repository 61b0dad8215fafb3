package io.compressor.samples;

import io.compressor.demo.Gloss;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Convolution filters learnt without labels or gradients: spherical k-means of pieces of text, each
 * piece a row of one-hot characters of length √width.
 *
 * <p>Source: Coates and Ng, "Learning Feature Representations with K-means" (2012), without
 * whitening: the one-hot rows are sparse and of equal length already.
 */
final class CharFilters {
  private static final int PIECES = 20_000;
  private static final int ROUNDS = 10;

  private final int width;
  private final float[][] centres;
  private final SplittableRandom random;

  private CharFilters(int width, int count, SplittableRandom random) {
    this.width = width;
    this.centres = new float[count][];
    this.random = random;
  }

  /**
   * Learns filters.
   *
   * @param width characters that a filter sees
   * @param count how many filters
   * @return [count][width · ALPHABET], each of length 1, position before character
   */
  static float[][] learn(List<Gloss> texts, int width, int count, long seed) {
    CharFilters filters = new CharFilters(width, count, new SplittableRandom(seed));
    List<int[]> pieces = filters.pieces(texts);
    for (int k = 0; k < count; k++) {
      filters.centres[k] = filters.unit(pieces);
    }
    for (int round = 0; round < ROUNDS; round++) {
      filters.improve(pieces);
    }
    return filters.centres;
  }

  /** Pieces from random places of random texts, none reaching over a text's end. */
  private List<int[]> pieces(List<Gloss> texts) {
    List<long[]> whole =
        texts.stream()
            .filter(g -> g.text().length() >= width)
            .map(g -> CharCodes.of(g.text()))
            .toList();
    List<int[]> pieces = new ArrayList<>(PIECES);
    while (pieces.size() < PIECES) {
      long[] codes = whole.get(random.nextInt(whole.size()));
      int from = random.nextInt(length(codes) - width + 1);
      int[] piece = new int[width];
      for (int i = 0; i < width; i++) {
        piece[i] = i * CharCodes.ALPHABET + (int) codes[from + i];
      }
      pieces.add(piece);
    }
    return pieces;
  }

  private static int length(long[] codes) {
    int length = codes.length;
    while (length > 0 && codes[length - 1] == 0) {
      length--;
    }
    return length;
  }

  /** One round: each piece joins the centre it looks most like, each centre moves to their mean. */
  private void improve(List<int[]> pieces) {
    float[][] sums = new float[centres.length][width * CharCodes.ALPHABET];
    boolean[] used = new boolean[centres.length];
    for (int[] piece : pieces) {
      int nearest = nearest(piece);
      used[nearest] = true;
      for (int at : piece) {
        sums[nearest][at]++;
      }
    }
    for (int k = 0; k < centres.length; k++) {
      centres[k] = used[k] ? normalized(sums[k]) : unit(pieces);
    }
  }

  private int nearest(int[] piece) {
    int best = 0;
    float bestDot = Float.NEGATIVE_INFINITY;
    for (int k = 0; k < centres.length; k++) {
      float dot = 0;
      for (int at : piece) {
        dot += centres[k][at];
      }
      if (dot > bestDot) {
        bestDot = dot;
        best = k;
      }
    }
    return best;
  }

  /** A random piece as a centre. */
  private float[] unit(List<int[]> pieces) {
    float[] row = new float[width * CharCodes.ALPHABET];
    for (int at : pieces.get(random.nextInt(pieces.size()))) {
      row[at] = 1;
    }
    return normalized(row);
  }

  private static float[] normalized(float[] row) {
    double squares = 0;
    for (float v : row) {
      squares += v * v;
    }
    float scale = (float) (1 / Math.sqrt(squares));
    for (int i = 0; i < row.length; i++) {
      row[i] *= scale;
    }
    return row;
  }
}
