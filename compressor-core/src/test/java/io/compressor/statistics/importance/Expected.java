package io.compressor.statistics.importance;

import java.util.Arrays;
import java.util.stream.IntStream;

/** The definitions in fp64, one sequence at a time, without padding. */
final class Expected {
  private Expected() {}

  /** s_j = Σ A[m, i, j] from the block's own weights. */
  static double[] received(Blocks block, double[][] x) {
    double[] s = new double[x.length];
    for (double[][] head : probabilities(block, x)) {
      for (double[] query : head) {
        for (int j = 0; j < s.length; j++) {
          s[j] += query[j];
        }
      }
    }
    return s;
  }

  static double[][][] probabilities(Blocks block, double[][] x) {
    int size = block.headSize();
    double[][] q = times(x, weight(block, "wq"));
    double[][] k = times(x, weight(block, "wk"));
    double[][][] a = new double[block.heads()][x.length][x.length];
    for (int m = 0; m < block.heads(); m++) {
      int keys = m / (block.heads() / block.keyHeads());
      for (int i = 0; i < x.length; i++) {
        int seen = block.causal() ? i + 1 : x.length;
        double[] scores = new double[seen];
        for (int j = 0; j < seen; j++) {
          for (int c = 0; c < size; c++) {
            scores[j] += q[i][m * size + c] * k[j][keys * size + c] / Math.sqrt(size);
          }
        }
        double top = Arrays.stream(scores).max().orElseThrow();
        double sum = Arrays.stream(scores).map(s -> Math.exp(s - top)).sum();
        for (int j = 0; j < seen; j++) {
          a[m][i][j] = Math.exp(scores[j] - top) / sum;
        }
      }
    }
    return a;
  }

  private static double[][] weight(Blocks block, String name) {
    var tensor = block.model().graph().initializers().get(name);
    return rows(tensor.toFloats(), (int) tensor.dims()[1]);
  }

  static double[] norms(double[][] x) {
    return Arrays.stream(x)
        .mapToDouble(r -> Math.sqrt(Arrays.stream(r).map(v -> v * v).sum()))
        .toArray();
  }

  static double[] distances(double[][] x) {
    return IntStream.range(0, x.length)
        .mapToDouble(
            t ->
                IntStream.range(0, x.length).mapToDouble(u -> squared(x[t], x[u])).sum()
                    / Math.max(1, x.length - 1))
        .toArray();
  }

  static double squared(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (a[i] - b[i]) * (a[i] - b[i])).sum();
  }

  /** r of the published mapping, or of the one without the first token. */
  static double[] mapped(ImportanceOptions options, double[] s) {
    int from = options.mapping() == ImportanceOptions.Mapping.SINK_AWARE ? 1 : 0;
    double low = Arrays.stream(s).skip(from).min().orElse(0);
    double[] sorted = Arrays.stream(s).skip(from).sorted().toArray();
    int cut = (int) ((sorted.length - 1) * (1 - options.sinkQuantile()));
    double high = sorted.length == 0 ? 0 : sorted[sorted.length - 1 - (from == 0 ? 0 : cut)];
    double[] r = new double[s.length];
    for (int t = 0; t < s.length; t++) {
      double score = t < from ? high : Math.min(s[t], high);
      r[t] =
          high == low
              ? 1
              : (score - low) / (high - low) * (options.rMax() - options.rMin()) + options.rMin();
    }
    return r;
  }

  static double[] weights(ImportanceOptions options, double[] s) {
    double[] w =
        Arrays.stream(mapped(options, s)).map(r -> Math.pow(r, options.exponent())).toArray();
    double mean = Arrays.stream(w).average().orElse(1);
    return options.renormalise() ? Arrays.stream(w).map(v -> v / mean).toArray() : w;
  }

  static double[][] rows(float[] values, int width) {
    double[][] rows = new double[values.length / width][width];
    for (int i = 0; i < values.length; i++) {
      rows[i / width][i % width] = values[i];
    }
    return rows;
  }

  static double[][] times(double[][] x, double[][] w) {
    double[][] y = new double[x.length][w[0].length];
    for (int i = 0; i < x.length; i++) {
      for (int c = 0; c < w.length; c++) {
        for (int j = 0; j < y[i].length; j++) {
          y[i][j] += x[i][c] * w[c][j];
        }
      }
    }
    return y;
  }
}
