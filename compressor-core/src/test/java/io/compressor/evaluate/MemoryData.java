package io.compressor.evaluate;

import io.compressor.formats.data.Batch;
import io.compressor.formats.data.DataKind;
import io.compressor.formats.data.DataSummary;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Samples in memory: float vectors under "x", or token ids under "input_ids" with their mask. Short
 * samples are padded at the end.
 */
record MemoryData(
    float @Nullable [][] vectors,
    long @Nullable [][] ids,
    long @Nullable [] label,
    double @Nullable [] score,
    boolean pairs,
    OptionalInt fixedBatch)
    implements Dataset {

  static MemoryData of(float[][] vectors) {
    return new MemoryData(vectors, null, null, null, false, OptionalInt.empty());
  }

  static MemoryData ofTokens(long[][] ids) {
    return new MemoryData(null, ids, null, null, false, OptionalInt.empty());
  }

  MemoryData labelled(long... labels) {
    return new MemoryData(vectors, ids, labels, score, pairs, fixedBatch);
  }

  MemoryData scored(double... scores) {
    return new MemoryData(vectors, ids, label, scores, false, fixedBatch);
  }

  MemoryData paired(double... scores) {
    return new MemoryData(vectors, ids, label, scores, true, fixedBatch);
  }

  MemoryData fixed(int batch) {
    return new MemoryData(vectors, ids, label, score, pairs, OptionalInt.of(batch));
  }

  @Override
  public String describe() {
    return "memory";
  }

  @Override
  public int size() {
    return vectors != null ? vectors.length : ids.length;
  }

  @Override
  public Set<String> inputNames() {
    return vectors != null ? Set.of("x") : Set.of("input_ids", "attention_mask");
  }

  @Override
  public Batch batch(int from, int to) {
    int n = to - from;
    if (vectors != null) {
      int width = vectors[0].length;
      float[] flat = new float[n * width];
      for (int i = 0; i < n; i++) {
        System.arraycopy(vectors[from + i], 0, flat, i * width, width);
      }
      return new Batch(Map.of("x", Tensor.ofFloats("x", new long[] {n, width}, flat)), n);
    }
    int longest = 0;
    for (int i = from; i < to; i++) {
      longest = Math.max(longest, ids[i].length);
    }
    long[] flat = new long[n * longest];
    long[] mask = new long[n * longest];
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < ids[from + i].length; t++) {
        flat[i * longest + t] = ids[from + i][t];
        mask[i * longest + t] = 1;
      }
    }
    long[] dims = {n, longest};
    return new Batch(
        Map.of(
            "input_ids", Tensor.ofLongs("input_ids", dims, flat),
            "attention_mask", Tensor.ofLongs("attention_mask", dims, mask)),
        n);
  }

  @Override
  public Optional<long[]> labels() {
    return Optional.ofNullable(label);
  }

  @Override
  public Optional<double[]> scores() {
    return Optional.ofNullable(score);
  }

  @Override
  public int length(int sample) {
    return ids != null ? ids[sample].length : -1;
  }

  @Override
  public String sha256() {
    return "00";
  }

  @Override
  public DataSummary summary() {
    return new DataSummary("memory", DataKind.NPZ, size(), 0, 0, 0, List.of(), List.of(), false);
  }

  @Override
  public Dataset select(int... samples) {
    float[][] v = vectors == null ? null : new float[samples.length][];
    long[][] t = ids == null ? null : new long[samples.length][];
    for (int i = 0; i < samples.length; i++) {
      if (v != null) {
        v[i] = vectors[samples[i]];
      }
      if (t != null) {
        t[i] = ids[samples[i]];
      }
    }
    return new MemoryData(v, t, null, null, pairs, fixedBatch);
  }

  @Override
  public void close() {}
}
