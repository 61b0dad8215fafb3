package io.compressor.samples;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Continues a sequence of tokens with the likeliest next one, again and again. With a cache ({@code
 * past_key_values.*} in, {@code present.*} out) each token costs one row; without, the whole prefix
 * is run again.
 */
final class GreedyDecoder implements AutoCloseable {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String POSITIONS = "position_ids";
  private static final String PAST = "past_key_values.";

  private final RuntimeSession session;
  private final Map<String, Value> inputs = new LinkedHashMap<>();
  private final String logits;

  private GreedyDecoder(RuntimeSession session) {
    this.session = session;
    session.inputs().forEach(v -> inputs.put(v.name(), v));
    this.logits = logits(session.outputs());
    inputs.values().forEach(GreedyDecoder::requireKnown);
    if (!inputs.containsKey(IDS)) {
      throw unfit("model", "it has no input " + IDS + "; it has " + inputs.keySet());
    }
  }

  /** What was made of a prompt, and in what time. */
  record Continuation(long[] ids, double seconds) {
    double tokensPerSecond() {
      return ids.length / seconds;
    }
  }

  /**
   * @throws CompressorException MODEL when the file is no decoder, naming the input that does not
   *     fit
   */
  static GreedyDecoder open(Path model, int threads) {
    RuntimeSession session = RuntimeSession.open(model, SessionSettings.withThreads(threads));
    try {
      return new GreedyDecoder(session);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  boolean hasCache() {
    return inputs.keySet().stream().anyMatch(n -> n.startsWith(PAST));
  }

  /**
   * @param prompt at least one token
   * @param count of new tokens
   */
  Continuation generate(long[] prompt, int count) {
    if (prompt.length == 0) {
      throw new CompressorException(ErrorCode.USAGE, "prompt", "it has no token", "give some text");
    }
    long[] ids = Arrays.copyOf(prompt, prompt.length + count);
    Map<String, Tensor> cache = hasCache() ? emptyCache() : Map.of();
    int past = 0;
    long start = System.nanoTime();
    for (int end = prompt.length; end < ids.length; end++) {
      Map<String, Tensor> made = session.run(feeds(ids, past, end, cache), wanted());
      ids[end] = likeliest(Objects.requireNonNull(made.get(logits)));
      if (hasCache()) {
        cache = cacheFrom(made);
        past = end;
      }
    }
    return new Continuation(
        Arrays.copyOfRange(ids, prompt.length, ids.length), (System.nanoTime() - start) / 1e9);
  }

  @Override
  public void close() {
    session.close();
  }

  private List<String> wanted() {
    return hasCache() ? session.outputs().stream().map(Value::name).toList() : List.of(logits);
  }

  /** Tokens from past to end, with what is known of the ones before. */
  private Map<String, Tensor> feeds(long[] ids, int past, int end, Map<String, Tensor> cache) {
    Map<String, Tensor> feeds = new LinkedHashMap<>(cache);
    feeds.put(IDS, row(IDS, Arrays.copyOfRange(ids, past, end)));
    if (inputs.containsKey(MASK)) {
      long[] ones = new long[end];
      Arrays.fill(ones, 1);
      feeds.put(MASK, row(MASK, ones));
    }
    if (inputs.containsKey(POSITIONS)) {
      long[] positions = new long[end - past];
      Arrays.setAll(positions, i -> past + i);
      feeds.put(POSITIONS, row(POSITIONS, positions));
    }
    return feeds;
  }

  private static Tensor row(String name, long[] values) {
    return Tensor.ofLongs(name, new long[] {1, values.length}, values);
  }

  /** [1, heads, 0, size]: axes that the model fixes beyond the first keep their size. */
  private Map<String, Tensor> emptyCache() {
    Map<String, Tensor> empty = new LinkedHashMap<>();
    for (Value v : inputs.values()) {
      if (v.name().startsWith(PAST)) {
        List<Dim> dims = v.type().orElseThrow().dims().orElse(List.of());
        long[] shape = new long[dims.size()];
        for (int i = 1; i < shape.length; i++) {
          shape[i] = dims.get(i) instanceof Dim.Fixed f ? f.size() : 0;
        }
        if (shape.length > 0) {
          shape[0] = 1;
        }
        empty.put(v.name(), Tensor.ofFloats(v.name(), shape, new float[0]));
      }
    }
    return empty;
  }

  private Map<String, Tensor> cacheFrom(Map<String, Tensor> made) {
    Map<String, Tensor> cache = new LinkedHashMap<>();
    for (String name : inputs.keySet()) {
      if (name.startsWith(PAST)) {
        String present = "present." + name.substring(PAST.length());
        Tensor value = made.get(present);
        if (value == null) {
          throw unfit(name, "the model has no output " + present);
        }
        cache.put(name, value.withName(name));
      }
    }
    return cache;
  }

  /** Index of the largest of the last row of [1, tokens, vocabulary]. */
  private static long likeliest(Tensor logits) {
    int width = (int) logits.dims()[logits.rank() - 1];
    float[] all = logits.toFloats();
    int from = all.length - width;
    int best = 0;
    for (int i = 1; i < width; i++) {
      if (all[from + i] > all[from + best]) {
        best = i;
      }
    }
    return best;
  }

  private static String logits(List<Value> outputs) {
    return outputs.stream()
        .filter(v -> v.type().filter(t -> t.elementType() == ElementType.FLOAT).isPresent())
        .map(Value::name)
        .filter(n -> !n.startsWith("present"))
        .findFirst()
        .orElseThrow(() -> unfit("model", "it has no output of floats to read logits from"));
  }

  private static void requireKnown(Value input) {
    boolean cache =
        input.name().startsWith(PAST)
            && input.type().filter(t -> t.elementType() == ElementType.FLOAT).isPresent();
    boolean tokens = List.of(IDS, MASK, POSITIONS).contains(input.name()) && isOpen(input);
    if (!cache && !tokens) {
      throw unfit(
          input.name(),
          "expected 64-bit %s, %s or %s of any length, or float %s*; found %s"
              .formatted(
                  IDS, MASK, POSITIONS, PAST, input.type().map(Object::toString).orElse("")));
    }
  }

  private static boolean isOpen(Value input) {
    return input
        .type()
        .filter(t -> t.elementType() == ElementType.INT64)
        .flatMap(t -> t.dims())
        .filter(d -> d.size() == 2 && !(d.get(1) instanceof Dim.Fixed))
        .isPresent();
  }

  private static CompressorException unfit(String where, String what) {
    return new CompressorException(
        ErrorCode.MODEL,
        where,
        what,
        "export the decoder with input_ids [batch, tokens] to logits");
  }
}
