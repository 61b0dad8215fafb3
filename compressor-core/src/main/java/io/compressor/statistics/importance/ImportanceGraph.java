package io.compressor.statistics.importance;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueNames;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.statistics.Emit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Appends the nodes that compute token importance to a model. The scores of one block serve all
 * linear sites of the block (RSQ, arXiv 2503.01820, section 3).
 */
public final class ImportanceGraph {
  /** Range and CumSum came with it. */
  private static final long LOWEST_OPSET = 11;

  private ImportanceGraph() {}

  /**
   * The model with one more output.
   *
   * @param output its name; row weights [batch, length] in float32, 0 for padding and NaN for
   *     tokens whose score is not finite, to be used as {@link
   *     io.compressor.statistics.StatisticsRequest#rowWeights()} of values [batch, length, n]
   */
  public record Appended(Model model, String output) {}

  /**
   * @param model a whole model or a part of one that holds the block; its own outputs stay
   * @param blockInput the residual stream [batch, length, n] before the block
   * @param blockOutput the same after it. Attention probabilities are those of the first attention
   *     between the two
   * @param mask model input [batch, length] that marks real tokens with non-zero; padded tokens get
   *     weight 0 and do not count as queries. All are real without one
   * @param frequencies for {@link ImportanceOptions.Score#TOKEN_FREQ}, otherwise not looked at
   * @throws CompressorException USAGE when the score needs what is not there: no attention whose
   *     probabilities can be had, no frequencies, no such value; MODEL below opset 11
   */
  public static Appended append(
      Model model,
      ImportanceOptions options,
      String blockInput,
      String blockOutput,
      Optional<String> mask,
      Optional<TokenFrequencies> frequencies) {
    if (model.opset() < LOWEST_OPSET) {
      throw new CompressorException(
          ErrorCode.MODEL,
          "opset " + model.opset(),
          "token importance needs operator set " + LOWEST_OPSET + " or later",
          "raise the model's operator set first");
    }
    GraphIndex index = new GraphIndex(model);
    requireStream(index, blockInput);
    requireStream(index, blockOutput);
    mask.ifPresent(m -> requireValue(index, m));
    Ops ops = new Ops(new Emit(model, "importance"));
    Tokens tokens = new Tokens(ops, blockInput, mask);
    ScoreNodes nodes = new ScoreNodes(ops, tokens);
    String scores =
        switch (options.score()) {
          case ATTENTION ->
              nodes.attention(
                  probabilities(index, ops, blockInput, blockOutput), options.byCount());
          case ACT_NORM -> nodes.norm(blockInput);
          case ACT_DIFF -> nodes.difference(blockInput, blockOutput);
          case TOKEN_SIM -> nodes.distance(blockInput);
          case TOKEN_FREQ -> nodes.rarity(required(model, frequencies));
          case FIRST_N -> nodes.ends(8, false);
          case FIRST_LAST_N -> nodes.ends(32, true);
          case NONE -> nodes.none();
        };
    WeightNodes weights = new WeightNodes(ops, tokens, options);
    String zero = ops.number(0);
    // the mapping would take scores that are not finite for equal ones
    String poison = ops.where(tokens.real(), ops.mul(scores, zero), zero);
    String sound = ops.add(weights.weights(weights.mapped(scores)), poison);
    String output = ops.emit().named(sound, "weight");
    return new Appended(ops.emit().append(List.of(output)), output);
  }

  private static String probabilities(GraphIndex index, Ops ops, String from, String to) {
    Model model = index.model();
    Set<String> between = between(model, from, to);
    AttentionProbabilities first =
        AttentionFinder.find(model).stream()
            .filter(a -> between.contains(a.output()))
            .findFirst()
            .orElseThrow(
                () -> none("no attention was found between '" + from + "' and '" + to + "'"));
    if (first.refusal().isPresent()) {
      throw none("attention '" + first.node().label() + "': " + first.refusal().get());
    }
    return first
        .value()
        .orElseGet(
            () ->
                new FusedProbabilities(
                        ops, new FusedAttention(index, new ValueTypes(index), first.node()))
                    .emit());
  }

  private static void requireStream(GraphIndex index, String value) {
    requireValue(index, value);
    int rank = new ValueTypes(index).rank(value).orElse(3);
    if (rank != 3) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "importance",
          "'" + value + "' has " + rank + " axes, expected [batch, length, n]",
          "name the residual stream before and after a block");
    }
  }

  private static void requireValue(GraphIndex index, String value) {
    Model model = index.model();
    boolean fed = model.graph().inputs().stream().anyMatch(v -> v.name().equals(value));
    if (!fed && index.producer(value).isEmpty()) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "importance",
          "the model's main graph has no value '" + value + "'",
          "name an input or the output of a node");
    }
  }

  private static CompressorException none(String message) {
    return new CompressorException(
        ErrorCode.USAGE,
        "importance",
        message,
        "use importance act-norm, which needs no attention");
  }

  private static TokenFrequencies required(Model model, Optional<TokenFrequencies> frequencies) {
    TokenFrequencies found =
        frequencies.orElseThrow(
            () ->
                new CompressorException(
                    ErrorCode.USAGE,
                    "importance",
                    "token-freq needs the token counts of the data",
                    "count them, or use importance act-norm"));
    if (model.graph().inputs().stream().noneMatch(v -> v.name().equals(found.input()))) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "importance",
          "token-freq needs the input '" + found.input() + "', which this model lacks",
          "keep the token ids as an input, or use importance act-norm");
    }
    return found;
  }

  /** Values that depend on {@code from} and that {@code to} depends on. */
  private static Set<String> between(Model model, String from, String to) {
    Set<String> after = new HashSet<>(Set.of(from));
    for (Node node : model.graph().nodes()) {
      if (ValueNames.reads(node).stream().anyMatch(after::contains)) {
        after.addAll(node.outputs());
      }
    }
    Set<String> before = new HashSet<>(Set.of(to));
    List<Node> nodes = model.graph().nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (nodes.get(i).outputs().stream().anyMatch(before::contains)) {
        before.addAll(ValueNames.reads(nodes.get(i)));
        before.addAll(nodes.get(i).outputs());
      }
    }
    after.retainAll(before);
    after.remove("");
    return after;
  }
}
