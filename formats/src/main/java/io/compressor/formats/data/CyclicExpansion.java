package io.compressor.formats.data;

import io.compressor.formats.file.ContentHash;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A data set with every text also shifted in circles, so that each piece of it comes at several
 * positions (RSQ, arXiv 2503.01820, dataset expansion). Importance that favours early tokens then
 * favours every piece of text alike.
 *
 * <p>A text of n real tokens gives {@code factor} samples, one after the other: shift i moves token
 * t to (t + ⌊i · n / factor⌋) mod n. Real are the tokens that the mask marks, or, without a mask,
 * those before the natural length; padding stays where it is. Token ids, masks and token types are
 * shifted, all other inputs (positions above all) are not.
 */
public final class CyclicExpansion implements Dataset {
  private final Dataset base;
  private final int factor;
  private final int[] samples;

  private CyclicExpansion(Dataset base, int factor, int[] samples) {
    this.base = base;
    this.factor = factor;
    this.samples = samples;
  }

  /**
   * @param factor samples made of each; 1 gives the data set itself
   * @throws io.compressor.error.CompressorException DATA when the factor is below 1 or the samples
   *     become more than 2³¹ − 1
   */
  public static Dataset of(Dataset data, int factor) {
    if (factor < 1 || (long) factor * data.size() > Integer.MAX_VALUE - 8) {
      throw BadData.in(
          data.describe(),
          "cannot be expanded " + factor + " times",
          "give a whole number from 1 on, such as 8");
    }
    if (factor == 1) {
      return data;
    }
    int[] all = new int[factor * data.size()];
    Arrays.setAll(all, i -> i);
    return new CyclicExpansion(data, factor, all);
  }

  @Override
  public String describe() {
    return base.describe() + ", shifted in circles " + factor + " times";
  }

  @Override
  public int size() {
    return samples.length;
  }

  @Override
  public Set<String> inputNames() {
    return base.inputNames();
  }

  @Override
  public Batch batch(int from, int to) {
    if (from < 0 || to > samples.length || from >= to) {
      throw new IndexOutOfBoundsException("[" + from + ", " + to + ") of " + samples.length);
    }
    int[] texts = Arrays.stream(samples, from, to).map(s -> s / factor).toArray();
    Batch batch = base.select(texts).batch(0, texts.length);
    Map<String, Tensor> inputs = new LinkedHashMap<>(batch.inputs());
    Map<String, InputRole> roles = roles(inputs);
    Optional<Tensor> mask =
        inputs.values().stream().filter(t -> roles.get(t.name()) == InputRole.MASK).findFirst();
    int[][] real = new int[texts.length][];
    for (Map.Entry<String, Tensor> input : batch.inputs().entrySet()) {
      if (isShifted(roles.get(input.getKey()), input.getValue(), texts.length)) {
        int length = (int) input.getValue().dims()[1];
        for (int i = 0; i < texts.length; i++) {
          real[i] = real(mask, i, base.length(texts[i]), length);
        }
        inputs.put(input.getKey(), shifted(input.getValue(), real, from));
      }
    }
    return new Batch(inputs, batch.size());
  }

  private static Map<String, InputRole> roles(Map<String, Tensor> inputs) {
    List<Value> values =
        inputs.entrySet().stream()
            .map(e -> Value.of(e.getKey(), TensorType.of(e.getValue().type(), e.getValue().dims())))
            .toList();
    return InputRole.of(values);
  }

  private static boolean isShifted(@Nullable InputRole role, Tensor input, int batch) {
    boolean tokens =
        role == InputRole.IDS || role == InputRole.MASK || role == InputRole.TOKEN_TYPES;
    return tokens && input.rank() == 2 && input.dims()[0] == batch;
  }

  /** Positions of the real tokens of row i. */
  private static int[] real(Optional<Tensor> mask, int i, int natural, int length) {
    if (mask.isEmpty() || mask.get().rank() != 2 || mask.get().dims()[1] != length) {
      int n = natural < 0 ? length : Math.min(natural, length);
      return IntStream.range(0, n).toArray();
    }
    float[] marks = mask.get().toFloats();
    return IntStream.range(0, length).filter(t -> marks[i * length + t] != 0).toArray();
  }

  private Tensor shifted(Tensor input, int[][] real, int from) {
    int width = Math.toIntExact(input.type().byteCount(1));
    int length = (int) input.dims()[1];
    ByteBuffer source = input.data().buffer();
    byte[] old = new byte[source.remaining()];
    source.get(old);
    byte[] now = old.clone();
    for (int i = 0; i < real.length; i++) {
      int n = real[i].length;
      int shift = n == 0 ? 0 : (int) ((long) (samples[from + i] % factor) * n / factor);
      for (int t = 0; t < n; t++) {
        int to = real[i][(t + shift) % n];
        System.arraycopy(
            old, (i * length + real[i][t]) * width, now, (i * length + to) * width, width);
      }
    }
    return Tensor.ofBytes(input.name(), input.type(), input.dims(), now);
  }

  @Override
  public Optional<long[]> labels() {
    return base.labels()
        .map(all -> Arrays.stream(samples).mapToLong(s -> all[s / factor]).toArray());
  }

  /** None for pairs, which do not stay together. */
  @Override
  public Optional<double[]> scores() {
    return base.pairs()
        ? Optional.empty()
        : base.scores()
            .filter(all -> all.length == base.size())
            .map(all -> Arrays.stream(samples).mapToDouble(s -> all[s / factor]).toArray());
  }

  @Override
  public boolean pairs() {
    return false;
  }

  @Override
  public int length(int sample) {
    return base.length(samples[sample] / factor);
  }

  @Override
  public OptionalInt fixedBatch() {
    return base.fixedBatch();
  }

  /** Of the data that is shifted, with the factor. */
  @Override
  public String sha256() {
    return ContentHash.of(base.sha256() + " shifted " + factor);
  }

  /** Of the data that is shifted, with the number of samples made of it. */
  @Override
  public DataSummary summary() {
    DataSummary whole = base.summary();
    List<String> notes = new ArrayList<>(whole.notes());
    notes.add("each text also shifted in circles, " + factor + " samples a text");
    return new DataSummary(
        whole.source(),
        whole.kind(),
        samples.length,
        whole.duplicates() * factor,
        whole.classes(),
        whole.padded(),
        whole.filled(),
        notes,
        whole.random());
  }

  @Override
  public Dataset select(int... chosen) {
    if (chosen.length == 0) {
      throw BadData.in(base.describe(), "a selection of no samples", "select at least one");
    }
    return new CyclicExpansion(base, factor, Arrays.stream(chosen).map(i -> samples[i]).toArray());
  }

  @Override
  public void close() {
    base.close();
  }
}
