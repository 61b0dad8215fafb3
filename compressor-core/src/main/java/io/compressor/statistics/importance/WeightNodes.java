package io.compressor.statistics.importance;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import java.util.List;

/** Nodes that turn scores into row weights, each sequence for itself. */
final class WeightNodes {
  /** Beyond any score; no infinity, so that no difference of two is NaN. */
  private static final float FAR = 1e38f;

  /** Scores that differ by less, relative to the largest, differ by rounding. */
  private static final double FLAT = 1e-6;

  private final Ops ops;
  private final Tokens tokens;
  private final ImportanceOptions options;

  WeightNodes(Ops ops, Tokens tokens, ImportanceOptions options) {
    this.ops = ops;
    this.tokens = tokens;
    this.options = options;
  }

  /** r = (s − min) / (max − min) · (rMax − rMin) + rMin, 0 for padding; 1 where max is min. */
  String mapped(String scores) {
    boolean sinks = options.mapping() == ImportanceOptions.Mapping.SINK_AWARE;
    String compared = sinks ? ops.both(tokens.real(), isNotFirst()) : tokens.real();
    String top = ops.where(compared, scores, ops.number(-FAR));
    String low = ops.row("ReduceMin", ops.where(compared, scores, ops.number(FAR)));
    String high =
        sinks && options.sinkQuantile() < 1
            ? quantile(top, ops.row("ReduceSum", ops.floats(compared)))
            : ops.row("ReduceMax", top);
    String span = ops.sub(high, low);
    String largest = ops.max(absolute(high), absolute(low));
    String differ = ops.less(ops.mul(largest, ops.number(FLAT)), span);
    String unit = ops.div(ops.sub(scores, low), ops.where(differ, span, ops.number(1)));
    String rMin = ops.number(options.rMin());
    String rMax = ops.number(options.rMax());
    String r = ops.add(ops.mul(unit, ops.number(options.rMax() - options.rMin())), rMin);
    r = ops.min(ops.max(r, rMin), rMax);
    r = sinks ? ops.where(compared, r, rMax) : r;
    double alike = Math.max(options.rMin(), Math.min(options.rMax(), 1));
    return ops.where(tokens.real(), ops.where(differ, r, ops.number(alike)), ops.number(0));
  }

  /** w = r^exponent, brought to mean 1 over the real tokens where asked. */
  String weights(String r) {
    String w = options.exponent() == 2 ? ops.mul(r, r) : r;
    if (!options.renormalise()) {
      return w;
    }
    // by the largest first: then equal weights become exactly 1
    String scaled = ops.div(w, orOne(ops.row("ReduceMax", w)));
    String sum = ops.row("ReduceSum", scaled);
    return ops.mul(scaled, ops.div(tokens.count(), orOne(sum)));
  }

  private String isNotFirst() {
    return ops.less(ops.number(0.5), tokens.position());
  }

  /** The order statistic at or next above the quantile, of the count largest elements of a row. */
  private String quantile(String top, String count) {
    String sorted =
        ops.emit().firstOfTwo("TopK", List.of(top, ops.size(top, 1)), Attribute.of("axis", 1L));
    String last = ops.sub(ops.max(count, ops.number(1)), ops.number(1));
    String place = ops.mul(last, ops.number(1 - options.sinkQuantile()));
    return ops.emit()
        .node(
            "GatherElements",
            List.of(sorted, ops.emit().cast(place, ElementType.INT64)),
            Attribute.of("axis", 1L));
  }

  private String absolute(String x) {
    return ops.emit().node("Abs", List.of(x));
  }

  private String orOne(String x) {
    return ops.where(ops.less(ops.number(0), x), x, ops.number(1));
  }
}
