package io.compressor.autodiff;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** BatchNormalization of x [N, C, …] by scale, bias, mean and variance [C]. */
final class BatchNormRule {
  private final NodeGradient at;
  private final Tape t;
  private final double epsilon;
  private final long[] others;
  private final String column;

  private BatchNormRule(NodeGradient at) {
    this.at = at;
    this.t = at.tape();
    this.epsilon = at.node().floatAttribute("epsilon", 1e-5f);
    int rank = at.rank(at.input(0));
    this.others = LongStream.range(0, rank).filter(i -> i != 1).toArray();
    long[] ones = LongStream.range(0, Math.max(0, rank - 2)).map(i -> 1).toArray();
    this.column = t.concat(0, List.of(t.size(at.input(1), 0), t.longs(ones)));
  }

  static void apply(NodeGradient at) {
    BatchNormRule rule = new BatchNormRule(at);
    if (at.node().intAttribute("training_mode", 0) == 0) {
      rule.frozen(at.gradient());
    } else {
      rule.training(at.gradient());
    }
  }

  /** [C] as [C, 1, …], which lies along the channels of x. */
  private String column(String x) {
    return others.length == 1 ? x : t.reshapeTo(x, column);
  }

  /** Mean and variance are inputs like others. */
  private void frozen(String g) {
    String root = t.unary("Reciprocal", t.unary("Sqrt", t.add(at.input(4), t.number(epsilon))));
    String slope = t.mul(at.input(1), root);
    if (at.wants(0)) {
      at.give(0, t.mul(g, column(slope)));
    }
    if (at.wants(2) || at.wants(3)) {
      String sum = t.sum(g, others);
      at.give(2, sum);
      if (at.wants(3)) {
        at.give(3, t.neg(t.mul(sum, slope)));
      }
    }
    if (at.wants(1) || at.wants(4)) {
      String centre = t.sub(at.input(0), column(at.input(3)));
      String sum = t.mul(t.sum(t.mul(g, centre), others), root);
      at.give(1, sum);
      if (at.wants(4)) {
        at.give(4, t.mul(t.mul(sum, t.mul(slope, root)), -0.5));
      }
    }
  }

  /** Mean and variance are the batch's; the inputs only enter the running ones, outputs 1 and 2. */
  private void training(String g) {
    Standardized batch = new Standardized(t, at.input(0), t.longs(others), epsilon, true);
    at.give(2, t.sum(g, others));
    if (at.wants(1)) {
      at.give(1, t.sum(t.mul(g, batch.hat()), others));
    }
    double keep = at.node().floatAttribute("momentum", 0.9f);
    Optional<String> mean = at.gradient(1);
    Optional<String> variance = at.gradient(2);
    if (at.wants(0)) {
      String count = t.div(t.elements(at.input(0)), t.elements(at.input(1)));
      at.give(0, batch.back(t.mul(g, column(at.input(1)))));
      String fresh = t.div(t.number(1 - keep), count);
      mean.ifPresent(m -> at.give(0, t.expandLike(column(t.mul(m, fresh)), at.input(0))));
      variance.ifPresent(v -> at.give(0, t.mul(batch.centre(), column(t.mul(v, t.mul(fresh, 2))))));
    }
    mean.ifPresent(m -> at.give(3, t.mul(m, keep)));
    variance.ifPresent(v -> at.give(4, t.mul(v, keep)));
  }
}
