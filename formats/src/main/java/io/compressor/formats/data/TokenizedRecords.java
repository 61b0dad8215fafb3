package io.compressor.formats.data;

import io.compressor.formats.data.TextTokenizer.Extent;
import io.compressor.formats.data.TextTokenizer.Tokens;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Collects tokenized records with their labels and scores. */
final class TokenizedRecords implements AutoCloseable {
  private final TokenStore.Writer ids = new TokenStore.Writer();
  private final TokenStore.Writer types = new TokenStore.Writer();
  private final LongStream.Builder starts = LongStream.builder();
  private final List<String> labels = new ArrayList<>();
  private final List<Double> scores = new ArrayList<>();
  private int[] lengths = new int[256];
  private int rows;
  private int records;
  private int truncated;

  int rows() {
    return rows;
  }

  /** A record's first or only sample. */
  void add(TextRow row, Tokens tokens) {
    row.label().ifPresent(labels::add);
    row.score().ifPresent(scores::add);
    records++;
    checkAllOrNone(row, labels.size(), "label");
    checkAllOrNone(row, scores.size(), "score");
    append(tokens);
  }

  /** The other text of a pair. */
  void addSecond(Tokens tokens) {
    append(tokens);
  }

  private void checkAllOrNone(TextRow row, int have, String what) {
    if (have != 0 && have != records) {
      throw BadData.in(
          row.where(),
          "%d of %d records have a %s".formatted(have, records, what),
          "give it for all or for none");
    }
  }

  private void append(Tokens tokens) {
    if (rows == lengths.length) {
      lengths = Arrays.copyOf(lengths, rows * 2);
    }
    starts.add(ids.size());
    lengths[rows++] = tokens.ids().length;
    ids.append(tokens.ids());
    types.append(tokens.types());
    truncated += tokens.extent() == Extent.TRUNCATED ? 1 : 0;
  }

  SampleSet finish(TextPlan plan, List<Path> files) {
    boolean pairs = rows == 2 * records;
    if (!pairs && rows != records) {
      throw BadData.in(files.toString(), "pairs and single texts mixed", "give one kind");
    }
    TokenStore.Rows where =
        new TokenStore.Rows(starts.build().toArray(), Arrays.copyOf(lengths, rows));
    SampleSet set = plan.samples(files, ids.finish(), types.finish(), where);
    if (truncated > 0) {
      set =
          set.note(
              List.of(
                  "%d of %d texts truncated to %d tokens"
                      .formatted(truncated, rows, plan.length())));
    }
    if (!labels.isEmpty()) {
      Targets.Named named = Targets.named(labels);
      int width = rows / records;
      long[] all = new long[rows];
      Arrays.setAll(all, i -> named.labels()[i / width]);
      set = set.withLabels(Optional.of(all)).note(named.notes());
    }
    Optional<double[]> allScores =
        scores.isEmpty()
            ? Optional.empty()
            : Optional.of(scores.stream().mapToDouble(Double::doubleValue).toArray());
    return set.withScores(allScores, pairs);
  }

  @Override
  public void close() {
    try (types) {
      ids.close();
    }
  }
}
