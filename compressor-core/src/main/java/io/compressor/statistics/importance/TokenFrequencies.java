package io.compressor.statistics.importance;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How often each token id occurs in the data, for {@link ImportanceOptions.Score#TOKEN_FREQ}.
 *
 * @param input the model input with the ids, int64 or int32 [batch, length]
 * @param counts by id; ids from its length on never occur
 */
public record TokenFrequencies(String input, long[] counts) {
  /** More than any vocabulary; ids above are no token ids. */
  private static final int MOST = 1 << 24;

  private static final String MASK = "attention_mask";

  public TokenFrequencies {
    counts = counts.clone();
  }

  /**
   * Counts the {@code input_ids} of all samples, or the only integer matrix where no input is
   * called so; positions that {@code attention_mask} marks as padding do not count. Reads all the
   * data.
   *
   * @throws CompressorException DATA when the data have no token ids
   */
  public static TokenFrequencies count(Dataset data) {
    return count(data, idsOf(data));
  }

  /** The same for ids under another name. */
  public static TokenFrequencies count(Dataset data, String input) {
    long[] counts = new long[1 << 10];
    int used = 0;
    int step = data.fixedBatch().orElse(1);
    for (int from = 0; from + step <= data.size(); from += step) {
      Map<String, Tensor> inputs = data.batch(from, from + step).inputs();
      long[] ids = ids(inputs, input);
      float[] real = mask(inputs, ids.length);
      for (int i = 0; i < ids.length; i++) {
        if (real.length == 0 || real[i] != 0) {
          int id = checked(ids[i], data);
          counts = id < counts.length ? counts : Arrays.copyOf(counts, Math.max(id + 1, 2 * id));
          counts[id]++;
          used = Math.max(used, id + 1);
        }
      }
    }
    return new TokenFrequencies(input, Arrays.copyOf(counts, used));
  }

  @Override
  public long[] counts() {
    return counts.clone();
  }

  /** Counts by id as float32, with one 0 more at the end for ids that never occur. */
  Tensor table() {
    float[] table = new float[counts.length + 1];
    for (int i = 0; i < counts.length; i++) {
      table[i] = counts[i];
    }
    return Tensor.ofFloats("frequencies", new long[] {table.length}, table);
  }

  private static String idsOf(Dataset data) {
    Map<String, Tensor> first = data.batch(0, data.fixedBatch().orElse(1)).inputs();
    if (first.containsKey("input_ids")) {
      return "input_ids";
    }
    List<String> whole =
        first.entrySet().stream()
            .filter(e -> isIds(e.getValue()) && !e.getKey().equals(MASK))
            .map(Map.Entry::getKey)
            .toList();
    if (whole.size() != 1) {
      throw new CompressorException(
          ErrorCode.DATA,
          data.describe(),
          "has no token ids to count: no input_ids, and integer matrices " + whole,
          "name the input with the ids, or choose another importance, such as act-norm");
    }
    return whole.get(0);
  }

  private static boolean isIds(Tensor t) {
    return t.rank() == 2 && (t.type() == ElementType.INT64 || t.type() == ElementType.INT32);
  }

  private static long[] ids(Map<String, Tensor> inputs, String input) {
    Tensor ids = inputs.get(input);
    if (ids == null || !isIds(ids)) {
      throw new CompressorException(
          ErrorCode.DATA,
          input,
          ids == null ? "the data have no such input" : "is no integer matrix: " + ids,
          "name the input with the token ids");
    }
    return ids.toLongs();
  }

  private static float[] mask(Map<String, Tensor> inputs, int length) {
    Tensor mask = inputs.get(MASK);
    return mask != null && mask.elements() == length ? mask.toFloats() : new float[0];
  }

  private static int checked(long id, Dataset data) {
    if (id < 0 || id >= MOST) {
      throw new CompressorException(
          ErrorCode.DATA,
          data.describe(),
          "token id " + id + ", expected 0 to " + (MOST - 1),
          "check the data, or name the input with the ids");
    }
    return (int) id;
  }
}
