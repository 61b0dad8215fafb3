package io.compressor.formats.data;

import io.compressor.formats.data.Column.Stacking;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/** A data set over columns: chosen rows, in order. */
final class ColumnDataset implements Dataset {
  private final DataSource source;
  private final List<Value> inputs;
  private final SampleSet samples;
  private final InputFiller filler;
  private final int[] rows;
  private final boolean pairs;
  private final OptionalInt fixedBatch;

  ColumnDataset(
      DataSource source, List<Value> inputs, SampleSet samples, InputFiller filler, int[] rows) {
    this.source = source;
    this.inputs = List.copyOf(inputs);
    this.samples = samples;
    this.filler = filler;
    this.rows = rows;
    this.pairs = samples.pairs() && keepsPairs(rows);
    this.fixedBatch = batchSize();
  }

  private static boolean keepsPairs(int[] rows) {
    return rows.length % 2 == 0
        && IntStream.range(0, rows.length / 2)
            .allMatch(i -> rows[2 * i] % 2 == 0 && rows[2 * i + 1] == rows[2 * i] + 1);
  }

  private OptionalInt batchSize() {
    if (samples.columns().values().stream().anyMatch(c -> c.stacking() == Stacking.WHOLE)) {
      return OptionalInt.of(1);
    }
    int[] sizes =
        inputs.stream()
            .filter(v -> samples.columns().containsKey(v.name()))
            .flatMapToLong(v -> Shapes.fixed(v, 0).stream())
            .mapToInt(Math::toIntExact)
            .distinct()
            .toArray();
    if (sizes.length > 1 || (sizes.length == 1 && sizes[0] < 1)) {
      throw BadData.in(
          source.origin(),
          "model inputs fix different batch sizes " + Arrays.toString(sizes),
          "give each input whole: one more axis in front, one sample a run");
    }
    if (sizes.length == 1 && rows.length < sizes[0]) {
      throw BadData.in(
          source.origin(),
          rows.length + " samples, the model runs " + sizes[0] + " at once",
          "give at least " + sizes[0]);
    }
    return sizes.length == 0 ? OptionalInt.empty() : OptionalInt.of(sizes[0]);
  }

  @Override
  public String describe() {
    return source.origin() + " (" + source.kind().spelling() + ", " + rows.length + " samples)";
  }

  @Override
  public int size() {
    return rows.length;
  }

  @Override
  public Set<String> inputNames() {
    return samples.columns().keySet();
  }

  @Override
  public Batch batch(int from, int to) {
    if (from < 0 || to > rows.length || from >= to) {
      throw new IndexOutOfBoundsException("[" + from + ", " + to + ") of " + rows.length);
    }
    if (fixedBatch.isPresent() && fixedBatch.getAsInt() != to - from) {
      throw BadData.in(
          source.origin(),
          "a batch of " + (to - from) + ", the model wants exactly " + fixedBatch.getAsInt(),
          "use --batch " + fixedBatch.getAsInt());
    }
    int[] chosen = Arrays.copyOfRange(rows, from, to);
    Map<String, Tensor> made = new LinkedHashMap<>();
    samples.columns().forEach((name, c) -> made.put(name, BatchStack.of(name, c, chosen)));
    filler.fill(made, chosen.length);
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    for (Value input : inputs) {
      Tensor tensor = made.get(input.name());
      if (tensor != null) {
        ordered.put(input.name(), tensor);
      }
    }
    return new Batch(ordered, chosen.length);
  }

  @Override
  public Optional<long[]> labels() {
    return samples.labels().map(all -> Arrays.stream(rows).mapToLong(r -> all[r]).toArray());
  }

  @Override
  public Optional<double[]> scores() {
    if (!samples.pairs()) {
      return samples.scores().map(all -> Arrays.stream(rows).mapToDouble(r -> all[r]).toArray());
    }
    return samples
        .scores()
        .filter(all -> pairs)
        .map(
            all ->
                IntStream.range(0, rows.length / 2)
                    .mapToDouble(i -> all[rows[2 * i] / 2])
                    .toArray());
  }

  @Override
  public boolean pairs() {
    return pairs;
  }

  @Override
  public int length(int sample) {
    return samples.lengths().map(all -> all[rows[sample]]).orElse(-1);
  }

  @Override
  public OptionalInt fixedBatch() {
    return fixedBatch;
  }

  @Override
  public String sha256() {
    return SourceHash.of(source, samples.files());
  }

  @Override
  public DataSummary summary() {
    List<String> notes = new ArrayList<>(samples.notes());
    if (fixedBatch.isPresent() && rows.length % fixedBatch.getAsInt() != 0) {
      notes.add(
          "last %d samples do not fill a batch of %d"
              .formatted(rows.length % fixedBatch.getAsInt(), fixedBatch.getAsInt()));
    }
    boolean random = source.kind() == DataKind.RANDOM;
    if (random) {
      notes.add(0, "RANDOM DATA: made up, so no quality figure means anything");
    }
    int classes = labels().map(all -> (int) Arrays.stream(all).distinct().count()).orElse(0);
    return new DataSummary(
        source.origin(),
        source.kind(),
        rows.length,
        Duplicates.count(samples.columns().values(), rows),
        classes,
        padded(),
        filler.describe(),
        notes,
        random);
  }

  /** Padding over all positions when rows are stacked in order, 32 at a time. */
  private double padded() {
    long real = 0;
    long all = 0;
    for (int from = 0; from < rows.length; from += 32) {
      int to = Math.min(rows.length, from + 32);
      int longest = 0;
      for (int i = from; i < to; i++) {
        longest = Math.max(longest, length(i));
        real += Math.max(0, length(i));
      }
      all += (long) longest * (to - from);
    }
    return all == 0 ? 0 : 1 - (double) real / all;
  }

  @Override
  public Dataset select(int... chosen) {
    int[] picked = Arrays.stream(chosen).map(i -> rows[i]).toArray();
    if (picked.length == 0) {
      throw BadData.in(source.origin(), "a selection of no samples", "select at least one");
    }
    return new ColumnDataset(source, inputs, samples, filler, picked);
  }

  @Override
  public void close() {
    // Mapped files and temporary ones go with the last reference to them.
  }
}
