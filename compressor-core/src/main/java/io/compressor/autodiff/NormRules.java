package io.compressor.autodiff;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** Norms over the last axes, whole images or one axis, with and without a mean. */
final class NormRules {
  private NormRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("BatchNormalization", BatchNormRule::apply);
    rules.put("LayerNormalization", at -> layer(at, true));
    rules.put("RMSNormalization", at -> layer(at, false));
    rules.put("SimplifiedLayerNormalization", at -> layer(at, false));
    rules.put("com.microsoft:SkipLayerNormalization", at -> skip(at, true));
    rules.put("com.microsoft:SkipSimplifiedLayerNormalization", at -> skip(at, false));
    rules.put("InstanceNormalization", NormRules::instance);
    rules.put("GroupNormalization", GroupNormRule::apply);
    rules.put("LpNormalization", NormRules::lp);
  }

  private static void layer(NodeGradient at, boolean centred) {
    int rank = at.rank(at.input(0));
    long[] axes =
        LongStream.range(at.axis(at.node().intAttribute("axis", -1), rank), rank).toArray();
    Tape t = at.tape();
    double epsilon = at.node().floatAttribute("epsilon", 1e-5f);
    Standardized norm = new Standardized(t, at.input(0), t.longs(axes), epsilon, centred);
    affine(at, norm, 1, 2);
    if (at.wants(0)) {
      at.give(0, norm.back(t.mul(at.gradient(), at.input(1))));
      statistics(at, norm, centred, at.input(0)).forEach(g -> at.give(0, g));
    }
  }

  /** Scale and bias, broadcast to the output. */
  private static void affine(NodeGradient at, Standardized norm, int scale, int bias) {
    if (at.wants(scale)) {
      at.giveBroadcast(scale, at.tape().mul(at.gradient(), norm.hat()));
    }
    at.giveBroadcast(bias, at.gradient());
  }

  /** From the outputs that are the mean and 1/√variance, or the latter alone. */
  private static List<String> statistics(
      NodeGradient at, Standardized norm, boolean centred, String x) {
    Tape t = at.tape();
    Optional<String> mean = centred ? at.gradient(1) : Optional.empty();
    int last = centred ? 2 : 1;
    Optional<String> root = at.gradient(last);
    List<String> given = new java.util.ArrayList<>();
    if (mean.isPresent() || root.isPresent()) {
      String groups = t.elements(at.output(mean.isPresent() ? 1 : last));
      String count = t.div(t.elements(x), groups);
      mean.ifPresent(g -> given.add(t.expandLike(t.div(like(t, g, x), count), x)));
      root.ifPresent(g -> given.add(norm.backFromRoot(like(t, g, x), count)));
    }
    return given;
  }

  /** Statistics are in single precision whatever x is. */
  private static String like(Tape t, String g, String x) {
    return t.node("CastLike", List.of(g, x));
  }

  /**
   * A norm of input + skip [+ bias]; the sum is output 3. Inputs: input, skip, scale, then without
   * a mean bias, with one shift and bias.
   */
  private static void skip(NodeGradient at, boolean centred) {
    Tape t = at.tape();
    int bias = centred ? 4 : 3;
    String sum = t.add(at.input(0), at.input(1));
    String x = at.hasInput(bias) ? t.add(sum, at.input(bias)) : sum;
    double epsilon = at.node().floatAttribute("epsilon", 1e-12f);
    Standardized norm = new Standardized(t, x, t.longs(-1), epsilon, centred);
    String g = at.gradient();
    if (at.wants(2)) {
      at.giveBroadcast(2, t.mul(g, norm.hat()));
    }
    if (centred) {
      at.giveBroadcast(3, g);
    }
    if (at.wants(0) || at.wants(1) || at.wants(bias)) {
      String back = norm.back(t.mul(g, at.input(2)));
      String all = at.gradient(3).map(more -> t.add(back, more)).orElse(back);
      at.give(0, all);
      at.giveBroadcast(1, all);
      at.giveBroadcast(bias, all);
    }
  }

  /** Over all spatial axes; scale and bias [C]. */
  private static void instance(NodeGradient at) {
    Tape t = at.tape();
    int rank = at.rank(at.input(0));
    long[] spatial = LongStream.range(2, rank).toArray();
    long[] others = LongStream.range(1, rank).toArray();
    others[0] = 0;
    double epsilon = at.node().floatAttribute("epsilon", 1e-5f);
    Standardized norm = new Standardized(t, at.input(0), t.longs(spatial), epsilon, true);
    String g = at.gradient();
    if (at.wants(0)) {
      long[] behind = LongStream.range(1, rank - 1).toArray();
      at.give(0, norm.back(t.mul(g, t.unsqueeze(at.input(1), behind))));
    }
    if (at.wants(1)) {
      at.give(1, t.sum(t.mul(g, norm.hat()), others));
    }
    if (at.wants(2)) {
      at.give(2, t.sum(g, others));
    }
  }

  /** y = x/|x|; 0 where the norm is 0, and so its gradient. */
  private static void lp(NodeGradient at) {
    Tape t = at.tape();
    String x = at.input(0);
    String axis = t.longs(at.node().intAttribute("axis", -1));
    boolean one = at.node().intAttribute("p", 2) == 1;
    String norm = t.node(one ? "ReduceL1" : "ReduceL2", List.of(x, axis));
    String zero = t.node("Equal", List.of(norm, t.number(0)));
    String along = t.node("ReduceSum", List.of(t.mul(at.gradient(), at.output()), axis));
    String direction = one ? t.unary("Sign", x) : at.output();
    String rest = t.sub(at.gradient(), t.mul(direction, along));
    at.give(0, t.masked(t.unary("Not", zero), t.div(rest, t.where(zero, t.number(1), norm))));
  }
}
