package io.compressor.statistics.stage;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Batch;
import io.compressor.formats.data.DataKind;
import io.compressor.formats.data.DataSummary;
import io.compressor.formats.data.Dataset;
import io.compressor.formats.file.ContentHash;
import io.compressor.ir.Tensor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What one stage reads, sample by sample, straight from mapped files. A sample is one run of the
 * whole model (one row of the data, or one batch where the model fixes its size), so batches have
 * one sample and nothing is ever padded. Valid until its stage is finished.
 */
public final class StageDataset implements Dataset {
  private final String name;
  private final Map<String, ActivationColumn> columns;
  private final int[] samples;

  private StageDataset(String name, Map<String, ActivationColumn> columns, int[] samples) {
    this.name = name;
    this.columns = columns;
    this.samples = samples;
  }

  /**
   * @param columns all of the same size, in the order of the model's inputs
   */
  static StageDataset of(String name, Map<String, ActivationColumn> columns, int size) {
    return new StageDataset(
        name,
        Collections.unmodifiableMap(new LinkedHashMap<>(columns)),
        IntStream.range(0, size).toArray());
  }

  @Override
  public String describe() {
    return "activations at " + name;
  }

  @Override
  public int size() {
    return samples.length;
  }

  @Override
  public Set<String> inputNames() {
    return columns.keySet();
  }

  @Override
  public Batch batch(int from, int to) {
    if (to != from + 1) {
      throw new CompressorException(
          ErrorCode.USAGE,
          describe(),
          "samples %d to %d were asked for at once, expected one".formatted(from, to - 1),
          "activations of samples have different lengths: take one after the other");
    }
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    columns.forEach((value, c) -> inputs.put(value, c.tensor(value, samples[from])));
    return new Batch(inputs, 1);
  }

  /** Disk space of all columns. */
  public long bytes() {
    return columns.values().stream().mapToLong(ActivationColumn::bytes).sum();
  }

  @Override
  public Optional<long[]> labels() {
    return Optional.empty();
  }

  @Override
  public Optional<double[]> scores() {
    return Optional.empty();
  }

  @Override
  public boolean pairs() {
    return false;
  }

  @Override
  public int length(int sample) {
    return -1;
  }

  @Override
  public OptionalInt fixedBatch() {
    return OptionalInt.of(1);
  }

  @Override
  public String sha256() {
    MessageDigest digest = ContentHash.start();
    for (int i = 0; i < size(); i++) {
      for (Tensor t : batch(i, i + 1).inputs().values()) {
        digest.update(
            (t.name() + t.type() + Arrays.toString(t.dims())).getBytes(StandardCharsets.UTF_8));
        t.data().forEachChunk(digest::update);
      }
    }
    return ContentHash.hex(digest);
  }

  /** Tensors as they are; nothing was filled, and duplicates are not looked for. */
  @Override
  public DataSummary summary() {
    return new DataSummary(describe(), DataKind.ONNX, size(), 0, 0, 0, List.of(), List.of(), false);
  }

  @Override
  public StageDataset select(int... picked) {
    return new StageDataset(name, columns, Arrays.stream(picked).map(i -> samples[i]).toArray());
  }

  /** Does nothing: the files belong to the {@link StageRunner}. */
  @Override
  public void close() {}
}
