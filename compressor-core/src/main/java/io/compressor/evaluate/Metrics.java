package io.compressor.evaluate;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The catalogue of metrics. */
public final class Metrics {
  private Metrics() {}

  /** Every metric, with default pooling. */
  public static List<Metric> all() {
    return List.copyOf(catalogue(Pooling.MEAN));
  }

  /**
   * The metric of this name.
   *
   * @throws CompressorException USAGE when there is none, with the closest names
   */
  public static Metric parse(String name) {
    return parse(name, Pooling.MEAN);
  }

  /** The metric of this name; {@code pooling} matters to those that work on embeddings. */
  public static Metric parse(String name, Pooling pooling) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    return find(wanted, pooling)
        .orElseThrow(
            () ->
                new CompressorException(
                    ErrorCode.USAGE,
                    "metric",
                    "unknown metric '%s'".formatted(name),
                    "did you mean %s? Known: %s".formatted(closest(wanted), ids())));
  }

  private static Optional<ScoredMetric> find(String id, Pooling pooling) {
    return catalogue(pooling).stream().filter(m -> m.id().equals(id)).findFirst();
  }

  private static List<ScoredMetric> catalogue(Pooling pooling) {
    List<ScoredMetric> all = new ArrayList<>();
    all.add(new TopK(1));
    all.add(new TopK(5));
    all.addAll(List.of(Confusion.values()));
    all.addAll(List.of(Perplexity.values()));
    all.addAll(List.of(Deviation.values()));
    all.add(new PairSpearman(pooling));
    all.add(new ProbeAccuracy(pooling));
    all.add(new Cosine(pooling));
    all.addAll(List.of(Likeness.values()));
    all.addAll(List.of(Distortion.values()));
    return all;
  }

  private static String ids() {
    return String.join(", ", all().stream().map(Metric::id).toList());
  }

  private static String closest(String wanted) {
    return all().stream()
        .map(Metric::id)
        .min(Comparator.comparingInt(id -> editDistance(wanted, id)))
        .orElseThrow();
  }

  private static int editDistance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
