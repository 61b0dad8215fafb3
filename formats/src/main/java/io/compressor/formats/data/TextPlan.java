package io.compressor.formats.data;

import io.compressor.formats.data.TokenColumn.What;
import io.compressor.ir.ElementType;
import io.compressor.ir.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How text becomes the inputs of one model.
 *
 * @param tokenInputs the inputs that tokens fill, with their roles
 * @param length longest sample, in tokens
 * @param fixed length every sample is padded to; 0 when the model takes any
 * @param stride step between windows
 * @param windows whether texts are one stream
 */
record TextPlan(
    Map<Value, InputRole> tokenInputs,
    int length,
    int fixed,
    int stride,
    long pad,
    boolean windows,
    List<String> notes) {
  private static final int USUAL_LENGTH = 512;

  static TextPlan of(DataSource source, List<Value> inputs, TokenizerFacts facts) {
    Map<Value, InputRole> wanted = tokenInputs(source, inputs);
    boolean decoder = inputs.stream().anyMatch(v -> InputRole.of(v) == InputRole.CACHE);
    TextOptions options = source.text();
    boolean windows = options.windows().orElse(options.stride().isPresent() || decoder);
    List<String> notes = new ArrayList<>();
    OptionalInt fixed = fixedLength(source, wanted);
    int length = options.length().orElseGet(() -> usual(fixed, facts, notes));
    if (fixed.isPresent() && length > fixed.getAsInt()) {
      throw BadData.in(
          source.origin() + ":length",
          length + " tokens, the model takes exactly " + fixed.getAsInt(),
          "use length: " + fixed.getAsInt());
    }
    long pad = pad(options.pad(), facts, notes);
    return new TextPlan(
        wanted, length, fixed.orElse(0), options.stride().orElse(length), pad, windows, notes);
  }

  private static Map<Value, InputRole> tokenInputs(DataSource source, List<Value> inputs) {
    Map<String, InputRole> roles = InputRole.of(inputs);
    Map<Value, InputRole> wanted = new LinkedHashMap<>();
    for (Value input : inputs) {
      InputRole role = roles.getOrDefault(input.name(), InputRole.OTHER);
      boolean fromTokens =
          switch (role) {
            case IDS, MASK, TOKEN_TYPES, POSITIONS -> Shapes.rank(input).orElse(2) == 2;
            case CACHE, CACHE_SWITCH, OTHER -> false;
          };
      if (fromTokens && !source.fill().containsKey(input.name())) {
        Shapes.tensor(input, source.origin());
        wanted.put(input, role);
      }
    }
    if (!wanted.containsValue(InputRole.IDS)) {
      throw BadData.in(
          source.origin(),
          "the model has no input for token ids; its inputs are "
              + inputs.stream().map(Shapes::spell).toList(),
          "text fits models with an input_ids[batch, sequence]");
    }
    return wanted;
  }

  private static OptionalInt fixedLength(DataSource source, Map<Value, InputRole> wanted) {
    int[] lengths =
        wanted.keySet().stream()
            .flatMapToLong(v -> Shapes.fixed(v, 1).stream())
            .mapToInt(Math::toIntExact)
            .distinct()
            .toArray();
    if (lengths.length > 1) {
      throw BadData.in(
          source.origin(), "the model's token inputs fix different lengths", "give an .npz");
    }
    return lengths.length == 0 ? OptionalInt.empty() : OptionalInt.of(lengths[0]);
  }

  private static int usual(OptionalInt fixed, TokenizerFacts facts, List<String> notes) {
    if (fixed.isPresent()) {
      return fixed.getAsInt();
    }
    int length = Math.min(USUAL_LENGTH, facts.length().orElse(USUAL_LENGTH));
    notes.add("length not given: at most " + length + " tokens a sample");
    return length;
  }

  private static long pad(OptionalLong asked, TokenizerFacts facts, List<String> notes) {
    if (asked.isEmpty() && facts.pad().isEmpty()) {
      notes.add("the tokenizer names no padding token: padded with id 0");
    }
    return asked.orElse(facts.pad().orElse(0));
  }

  /** Tokens that give this many windows. */
  long tokensOf(long wantedWindows) {
    return Math.addExact(length, Math.multiplyExact(wantedWindows - 1, (long) stride));
  }

  /** Samples of one stream: all token types are 0. */
  SampleSet samples(List<Path> files, TokenStore ids, TokenStore.Rows rows) {
    return samples(files, ids, null, rows);
  }

  SampleSet samples(
      List<Path> files, TokenStore ids, @Nullable TokenStore types, TokenStore.Rows rows) {
    Map<String, Column> columns = new LinkedHashMap<>();
    tokenInputs.forEach(
        (input, role) -> {
          ElementType type = Shapes.tensor(input, input.name()).elementType();
          TokenColumn column =
              switch (role) {
                case IDS -> new TokenColumn(What.STORED, type, ids, rows, fixed, pad);
                case MASK -> new TokenColumn(What.ONE, type, ids, rows, fixed, 0);
                case POSITIONS -> new TokenColumn(What.PLACE, type, ids, rows, fixed, 0);
                default ->
                    types == null
                        ? new TokenColumn(What.ZERO, type, ids, rows, fixed, 0)
                        : new TokenColumn(What.STORED, type, types, rows, fixed, 0);
              };
          columns.put(input.name(), column);
        });
    return SampleSet.of(rows.size(), columns, files, List.of()).withLengths(rows.lengths());
  }
}
