package io.compressor.statistics.importance;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import java.util.List;
import java.util.Optional;

/**
 * Recomputes softmax(scale · q kᵀ + mask) [batch, heads, query, key] in float32 from what a fused
 * attention reads.
 */
final class FusedProbabilities {
  private final Ops ops;
  private final FusedAttention fused;
  private final Node node;

  FusedProbabilities(Ops ops, FusedAttention fused) {
    this.ops = ops;
    this.fused = fused;
    this.node = fused.node();
  }

  String emit() {
    List<String> projected = projected();
    String q = rotated(heads(projected.get(0), fused.heads()));
    String k = rotated(heads(projected.get(1), fused.keyHeads()));
    String scores = product(q, ops.emit().transpose(k, 0, 1, 3, 2));
    scores = capped(ops.mul(scores, scale(q)));
    if (fused.isCausal()) {
      scores = causal(scores);
    }
    scores = padded(scores);
    scores = biased(scores);
    return ops.emit().node("Softmax", List.of(scores), Attribute.of("axis", lastAxis()));
  }

  /** -1 is a valid axis of a Softmax from opset 11 on. */
  private static long lastAxis() {
    return -1;
  }

  /** Queries and keys before they are cut into heads. */
  private List<String> projected() {
    String x = ops.floats(node.inputs().get(0));
    if (fused.kind() == FusedAttention.Kind.ATTENTION) {
      long[] columns = fused.columns();
      return List.of(linear(x, 0, columns[0]), linear(x, columns[0], columns[0] + columns[1]));
    }
    String keys = ops.floats(node.inputs().get(1));
    Optional<String> bias =
        fused.kind() == FusedAttention.Kind.MULTI_HEAD ? node.input(3) : Optional.empty();
    if (bias.isEmpty()) {
      return List.of(x, keys);
    }
    String all = ops.floats(bias.get());
    String width = ops.size(x, 2);
    String start = ops.emit().longs(0);
    return List.of(
        ops.add(x, ops.slice(all, start, width, 0)),
        ops.add(keys, ops.slice(all, width, ops.add(width, width), 0)));
  }

  private String linear(String x, long from, long to) {
    String start = ops.emit().longs(from);
    String end = ops.emit().longs(to);
    String weight = ops.floats(node.inputs().get(1));
    String product = ops.matMul(x, ops.slice(weight, start, end, 1));
    return node.input(2)
        .map(b -> ops.add(product, ops.slice(ops.floats(b), start, end, 0)))
        .orElse(product);
  }

  /** [batch, length, heads · n] as [batch, heads, length, n]. */
  private String heads(String x, long heads) {
    return fused.hasHeadAxis()
        ? x
        : ops.emit().transpose(ops.emit().reshape(x, 0, 0, heads, -1), 0, 2, 1, 3);
  }

  private String rotated(String x) {
    if (!fused.isRotary()) {
      return x;
    }
    String positions = node.input(9).orElseGet(() -> ops.emit().longs(0));
    return ops.emit()
        .nodeOf(
            node.domain(),
            "RotaryEmbedding",
            List.of(
                x, positions, ops.floats(node.inputs().get(7)), ops.floats(node.inputs().get(8))),
            Attribute.of("interleaved", node.intAttribute("rotary_interleaved", 0)));
  }

  /** q kᵀ, the heads of a group of queries with the one head of their keys. */
  private String product(String q, String keys) {
    String copy = ops.emit().longs(0);
    String rest = ops.emit().longs(-1);
    String grouped = ops.reshape(q, List.of(copy, ops.size(keys, 1), rest, copy));
    String scores = ops.matMul(grouped, keys);
    return ops.reshape(scores, List.of(copy, ops.size(q, 1), rest, copy));
  }

  private String scale(String q) {
    float given = node.floatAttribute("scale", 0);
    return given != 0
        ? ops.number(given)
        : ops.div(ops.number(1), ops.sqrt(ops.floats(ops.size(q, 3))));
  }

  private String capped(String scores) {
    if (fused.softcap() <= 0) {
      return scores;
    }
    String cap = ops.number(fused.softcap());
    return ops.mul(ops.emit().node("Tanh", List.of(ops.div(scores, cap))), cap);
  }

  private String causal(String scores) {
    String queries = ops.emit().reshape(ops.range(ops.size(scores, 2)), -1, 1);
    String later = ops.less(queries, ops.range(ops.size(scores, 3)));
    return ops.where(later, ops.number(-Float.MAX_VALUE), scores);
  }

  private String padded(String scores) {
    if (fused.padding().isEmpty()) {
      return scores;
    }
    String mask = fused.padding().get();
    String real;
    if (fused.paddingCounts()) {
      String counts = ops.emit().reshape(ops.emit().cast(mask, ElementType.INT64), -1, 1, 1, 1);
      real = ops.less(ops.range(ops.size(scores, 3)), counts);
    } else {
      String marks = ops.less(ops.number(0), ops.floats(mask));
      real =
          fused.paddingRank() == 2
              ? ops.emit().reshape(marks, 0, 1, 1, -1)
              : ops.reshape(
                  marks,
                  List.of(
                      ops.size(mask, 0),
                      ops.emit().longs(1),
                      ops.size(mask, 1),
                      ops.size(mask, 2)));
    }
    String filter = ops.number(node.floatAttribute("mask_filter_value", -10000));
    return ops.add(scores, ops.where(real, ops.number(0), filter));
  }

  private String biased(String scores) {
    if (fused.bias().isEmpty()) {
      return scores;
    }
    String bias = fused.bias().get();
    return fused.biasIsBoolean()
        ? ops.where(bias, scores, ops.number(-Float.MAX_VALUE))
        : ops.add(scores, ops.floats(bias));
  }
}
