package io.compressor.autodiff;

import java.util.List;

/**
 * x̂ = (x − mean)·r with r = 1/√(variance + ε) over some axes, or without the mean x̂ = x·r with r
 * from the mean square. Computed anew: nodes keep neither x̂ nor, mostly, r.
 */
final class Standardized {
  private final Tape t;
  private final String axes;
  private final boolean centred;
  private final String centre;
  private final String root;
  private final String hat;

  /**
   * @param axes int64 vector
   * @param epsilon what the node adds under the root
   */
  Standardized(Tape t, String x, String axes, double epsilon, boolean centred) {
    this.t = t;
    this.axes = axes;
    this.centred = centred;
    this.centre = centred ? t.sub(x, mean(x)) : x;
    String square = t.add(mean(t.mul(centre, centre)), t.number(epsilon));
    this.root = t.unary("Reciprocal", t.unary("Sqrt", square));
    this.hat = t.mul(centre, root);
  }

  /** x̂, in the shape of x. */
  String hat() {
    return hat;
  }

  /** x − mean, or x. */
  String centre() {
    return centre;
  }

  /** The gradient by x of what has gradient {@code g} by x̂: r·(g − [mean g] − x̂·mean(g·x̂)). */
  String back(String g) {
    String along = t.mul(hat, mean(t.mul(g, hat)));
    String less = centred ? t.sub(g, mean(g)) : g;
    return t.mul(root, t.sub(less, along));
  }

  /**
   * The gradient by x of what has gradient {@code g} by r: dr = −r³·(x − mean)·dx / count.
   *
   * @param count elements under one mean
   */
  String backFromRoot(String g, String count) {
    String cube = t.mul(root, t.mul(root, root));
    return t.mul(centre, t.neg(t.div(t.mul(g, cube), count)));
  }

  private String mean(String x) {
    return t.node("ReduceMean", List.of(x, axes));
  }
}
