package io.compressor.statistics;

import io.compressor.formats.data.Batch;
import io.compressor.formats.data.DataSummary;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Samples in memory, float or int64, without the batch axis; ragged along their first axis. */
public record MemoryData(List<Map<String, Tensor>> samples, OptionalInt fixedBatch)
    implements Dataset {
  public static MemoryData of(List<Map<String, Tensor>> samples) {
    return new MemoryData(samples, OptionalInt.empty());
  }

  @Override
  public int size() {
    return samples.size();
  }

  @Override
  public Set<String> inputNames() {
    return samples.get(0).keySet();
  }

  @Override
  public Batch batch(int from, int to) {
    Map<String, Tensor> stacked = new LinkedHashMap<>();
    for (String name : inputNames()) {
      stacked.put(
          name, stack(name, samples.subList(from, to).stream().map(s -> s.get(name)).toList()));
    }
    return new Batch(stacked, to - from);
  }

  private static Tensor stack(String name, List<Tensor> parts) {
    long[] dims = new long[parts.get(0).rank() + 1];
    System.arraycopy(parts.get(0).dims(), 0, dims, 1, dims.length - 1);
    dims[0] = parts.size();
    if (dims.length > 1) {
      dims[1] = parts.stream().mapToLong(p -> p.dims()[0]).max().orElseThrow();
    }
    int each = (int) Arrays.stream(dims).skip(1).reduce(1, (a, b) -> a * b);
    float[] all = new float[each * parts.size()];
    for (int i = 0; i < parts.size(); i++) {
      float[] one = parts.get(i).toFloats();
      System.arraycopy(one, 0, all, i * each, one.length);
    }
    if (parts.get(0).type() == ElementType.INT64) {
      long[] whole = new long[all.length];
      for (int i = 0; i < all.length; i++) {
        whole[i] = (long) all[i];
      }
      return Tensor.ofLongs(name, dims, whole);
    }
    return Tensor.ofFloats(name, dims, all);
  }

  @Override
  public String describe() {
    return "memory";
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
  public String sha256() {
    return "";
  }

  @Override
  public DataSummary summary() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Dataset select(int... picked) {
    List<Map<String, Tensor>> some = new ArrayList<>();
    Arrays.stream(picked).forEach(i -> some.add(samples.get(i)));
    return new MemoryData(some, fixedBatch);
  }

  @Override
  public void close() {}
}
