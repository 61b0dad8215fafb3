package io.compressor.statistics.importance;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.Optional;

/**
 * What a fused attention operator would have to be asked for its probabilities, or why they cannot
 * be recomputed. Whatever is not certain is refused: no value is better than a wrong one.
 *
 * <p>Source: ContribOperators.md of ONNX Runtime 1.29 and the ONNX operator reference (Attention
 * 23).
 */
final class FusedAttention {
  /** Where the operators keep what we need; -1 for nothing. */
  enum Kind {
    /** com.microsoft Attention: one input, one weight [in, q + k + v]. */
    ATTENTION(3, 5, 4),
    MULTI_HEAD(4, 5, 6),
    GROUP_QUERY(-1, 10, 3),
    /** ai.onnx Attention. */
    STANDARD(-1, 3, 4);

    final int padding;
    final int bias;
    final int past;

    Kind(int padding, int bias, int past) {
      this.padding = padding;
      this.bias = bias;
      this.past = past;
    }
  }

  private static final String CONTRIB = "com.microsoft";

  private final GraphIndex index;
  private final ValueTypes types;
  private final Node node;
  private final Kind kind;

  FusedAttention(GraphIndex index, ValueTypes types, Node node) {
    this.index = index;
    this.types = types;
    this.node = node;
    this.kind = kind(node).orElseThrow();
  }

  static boolean isFused(Node node) {
    return kind(node).isPresent() && !node.outputs().isEmpty();
  }

  private static Optional<Kind> kind(Node node) {
    if (node.is("Attention")) {
      return Optional.of(Kind.STANDARD);
    }
    if (!node.domain().equals(CONTRIB)) {
      return Optional.empty();
    }
    return switch (node.opType()) {
      case "Attention" -> Optional.of(Kind.ATTENTION);
      case "MultiHeadAttention" -> Optional.of(Kind.MULTI_HEAD);
      case "GroupQueryAttention" -> Optional.of(Kind.GROUP_QUERY);
      default -> Optional.empty();
    };
  }

  Node node() {
    return node;
  }

  Kind kind() {
    return kind;
  }

  boolean isCausal() {
    return switch (kind) {
      case ATTENTION, MULTI_HEAD -> node.intAttribute("unidirectional", 0) != 0;
      case GROUP_QUERY -> true;
      case STANDARD -> node.intAttribute("is_causal", 0) != 0;
    };
  }

  Optional<String> padding() {
    return kind.padding < 0 ? Optional.empty() : node.input(kind.padding);
  }

  /** Padding as the number of real keys of each sequence, not as one mark a key. */
  boolean paddingCounts() {
    return padding().flatMap(types::rank).orElse(2) == 1;
  }

  int paddingRank() {
    return padding().flatMap(types::rank).orElseThrow();
  }

  Optional<String> bias() {
    return node.input(kind.bias);
  }

  boolean biasIsBoolean() {
    return bias().flatMap(types::elementType).orElse(ElementType.FLOAT) == ElementType.BOOL;
  }

  float softcap() {
    return kind == Kind.GROUP_QUERY || kind == Kind.STANDARD
        ? node.floatAttribute("softcap", 0)
        : 0;
  }

  boolean isRotary() {
    return kind == Kind.GROUP_QUERY && node.intAttribute("do_rotary", 0) != 0;
  }

  /** Heads of queries. */
  long heads() {
    return node.intAttribute(kind == Kind.STANDARD ? "q_num_heads" : "num_heads", 0);
  }

  /** Heads of keys. */
  long keyHeads() {
    return switch (kind) {
      case ATTENTION, MULTI_HEAD -> heads();
      case GROUP_QUERY, STANDARD -> node.intAttribute("kv_num_heads", 0);
    };
  }

  /** Whether queries and keys are [batch, heads, length, head size] already. */
  boolean hasHeadAxis() {
    return kind == Kind.STANDARD && rank(0) == 4;
  }

  /** Columns of queries and of keys in the weight of {@link Kind#ATTENTION}. */
  long[] columns() {
    long all = weight().orElseThrow().dims()[1];
    return node.intsAttribute("qkv_hidden_sizes").orElse(new long[] {all / 3, all / 3, all / 3});
  }

  Optional<String> refusal() {
    return first(
        when(node.input(0).isEmpty() || node.input(1).isEmpty(), "queries, keys and values packed"),
        when(node.input(kind.past).isPresent(), "keys and values of earlier tokens"),
        when(heads() <= 0 && !hasHeadAxis(), "an unknown number of heads"),
        when(keyHeads() <= 0 && !hasHeadAxis(), "an unknown number of key heads"),
        switch (kind) {
          case ATTENTION ->
              first(
                  when(node.intAttribute("do_rotary", 0) != 0, "rotary positions"),
                  when(weight().isEmpty(), "a weight that is not a constant matrix"),
                  mask());
          case MULTI_HEAD ->
              first(
                  when(rank(1) != 3, "keys whose shape is not known as [batch, length, n]"),
                  mask());
          case GROUP_QUERY ->
              first(
                  when(node.intAttribute("local_window_size", -1) > 0, "a sliding window"),
                  when(node.intAttribute("smooth_softmax", 0) != 0, "a smooth softmax"),
                  when(node.input(11).isPresent(), "learned sinks"),
                  when(node.input(12).isPresent(), "quantized keys"),
                  when(isRotary() && node.input(8).isEmpty(), "rotary positions without tables"));
          case STANDARD ->
              first(
                  when(
                      rank(0) != rank(1) || rank(0) < 3 || rank(0) > 4,
                      "queries whose shape is not known"),
                  when(rank(0) == 3 && heads() <= 0, "an unknown number of heads"),
                  when(node.input(6).isPresent(), "a count of real keys"),
                  when(
                      bias().isPresent() && bias().flatMap(types::elementType).isEmpty(),
                      "a mask of unknown type"));
        });
  }

  private Optional<String> mask() {
    if (padding().isEmpty()) {
      return Optional.empty();
    }
    int rank = padding().flatMap(types::rank).orElse(0);
    boolean counts = padding().flatMap(index::producer).filter(n -> n.is("ReduceSum")).isPresent();
    return when(
        rank != 2 && rank != 3 && !(rank == 1 && counts), "a padding mask of an unknown form");
  }

  private Optional<Tensor> weight() {
    return node.input(1).flatMap(index::constant).filter(t -> t.rank() == 2);
  }

  private int rank(int input) {
    return node.input(input).flatMap(types::rank).orElse(0);
  }

  private Optional<String> when(boolean holds, String what) {
    return holds
        ? Optional.of("the probabilities of " + node.opType() + " with " + what + " are not known")
        : Optional.empty();
  }

  @SafeVarargs
  private static Optional<String> first(Optional<String>... reasons) {
    for (Optional<String> reason : reasons) {
      if (reason.isPresent()) {
        return reason;
      }
    }
    return Optional.empty();
  }
}
