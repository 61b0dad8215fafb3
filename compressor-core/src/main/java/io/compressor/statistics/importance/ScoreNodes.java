package io.compressor.statistics.importance;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.List;

/**
 * Nodes that score tokens, [batch, length] in float32; what they give for padding means nothing.
 */
final class ScoreNodes {
  private final Ops ops;
  private final Tokens tokens;

  ScoreNodes(Ops ops, Tokens tokens) {
    this.ops = ops;
    this.tokens = tokens;
  }

  /**
   * s_j = Σ over heads m and real queries i of A[m, i, j] (RSQ, section 3).
   *
   * @param probabilities [batch, …, query, key] or [batch · heads, query, key]
   */
  String attention(String probabilities, ImportanceOptions.ByCount byCount) {
    String shape = ops.emit().shape(probabilities);
    String tail = ops.slice(shape, ops.emit().longs(-2), ops.emit().longs(Long.MAX_VALUE), 0);
    String heads =
        ops.reshape(ops.floats(probabilities), List.of(tokens.batch(), ops.emit().longs(-1), tail));
    String real = ops.emit().reshape(tokens.real(), 0, 1, -1, 1);
    // not a product: a query that sees nothing but padding may be NaN
    String counted = ops.where(real, heads, ops.number(0));
    String received = tokens.shaped(ops.emit().reduce("ReduceSum", counted, 1, 2));
    return switch (byCount) {
      case NONE -> received;
      case SQRT -> ops.div(received, ops.sqrt(queries()));
      case LINEAR -> ops.div(received, queries());
    };
  }

  /** ‖x_t‖. */
  String norm(String x) {
    return tokens.shaped(ops.emit().reduce("ReduceL2", ops.floats(x), 2));
  }

  /** −‖x_t − out_t‖: a small change is important. */
  String difference(String x, String out) {
    return negative(norm(ops.sub(ops.floats(x), ops.floats(out))));
  }

  /**
   * Mean of ‖x_t − x_u‖² over the other tokens u. With x centred, the sum over u is n ‖x_t‖² + Σ
   * ‖x_u‖², which needs no product of all pairs and cancels nothing.
   */
  String distance(String x) {
    String real = ops.emit().reshape(tokens.real(), 0, -1, 1);
    String kept = ops.where(real, ops.floats(x), ops.number(0));
    String count = tokens.count();
    String columns = ops.emit().reduce("ReduceSum", kept, 1);
    String mean =
        ops.reshape(ops.div(columns, count), List.of(tokens.batch(), ops.emit().longs(1, -1)));
    String centred = ops.where(real, ops.sub(kept, mean), ops.number(0));
    String squares = tokens.shaped(ops.emit().reduce("ReduceSumSquare", centred, 2));
    String sums = ops.add(ops.mul(count, squares), ops.row("ReduceSum", squares));
    return ops.div(sums, ops.max(ops.sub(count, ops.number(1)), ops.number(1)));
  }

  /** −(how often the token occurs): rare is important. Ids not in the table never occurred. */
  String rarity(TokenFrequencies frequencies) {
    Tensor table = frequencies.table();
    String ids = ops.emit().cast(frequencies.input(), ElementType.INT64);
    String zero = ops.emit().constant("zero", Tensor.ofLongs("", new long[0], 0));
    long last = table.elements() - 1;
    String unknown = ops.emit().constant("unknown", Tensor.ofLongs("", new long[0], last));
    String known = ops.both(ops.less(ids, unknown), ops.not(ops.less(ids, zero)));
    String safe = ops.where(known, ids, unknown);
    String counts =
        ops.emit()
            .node(
                "Gather",
                List.of(ops.emit().constant("frequencies", table), safe),
                Attribute.of("axis", 0L));
    return negative(tokens.shaped(counts));
  }

  /** 1 for the first {@code 1/chunks} of the real tokens, and the last where asked; else 0. */
  String ends(int chunks, boolean last) {
    String scaled = ops.number(chunks);
    String first = ops.less(ops.mul(tokens.position(), scaled), tokens.count());
    String fromEnd = ops.sub(ops.sub(tokens.count(), ops.number(1)), tokens.position());
    return ops.floats(
        last ? ops.either(first, ops.less(ops.mul(fromEnd, scaled), tokens.count())) : first);
  }

  /** 0 for every token. */
  String none() {
    return ops.mul(tokens.marks(), ops.number(0));
  }

  /** Real queries that can attend to a token in causal attention. */
  private String queries() {
    return ops.max(ops.sub(tokens.count(), tokens.position()), ops.number(1));
  }

  private String negative(String x) {
    return ops.emit().node("Neg", List.of(x));
  }
}
