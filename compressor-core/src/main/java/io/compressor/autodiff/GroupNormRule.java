package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Dim;
import java.util.List;

/**
 * GroupNormalization of x [N, C, …], seen as [N, groups, C/groups, elements]. Scale and bias are
 * [C], or [groups] in operator set 18.
 */
final class GroupNormRule {
  private GroupNormRule() {}

  static void apply(NodeGradient at) {
    Tape t = at.tape();
    long groups = at.node().intAttribute("num_groups", 1);
    boolean perGroup = perGroup(at, groups);
    String x = at.input(0);
    String each = t.div(t.size(x, 1), t.longs(groups));
    String spatial = t.node("Shape", List.of(x), Attribute.of("start", 2L));
    String count = t.node("ReduceProd", List.of(spatial), Attribute.of("keepdims", 1L));
    String split = t.concat(0, List.of(t.size(x, 0), t.longs(groups), each, count));
    double epsilon = at.node().floatAttribute("epsilon", 1e-5f);
    Standardized norm = new Standardized(t, t.reshapeTo(x, split), t.longs(2, 3), epsilon, true);
    String g = t.reshapeTo(at.gradient(), split);
    if (at.wants(0)) {
      String scale = t.reshape(at.input(1), 1, groups, -1, 1);
      at.give(0, t.reshapeLike(norm.back(t.mul(g, scale)), x));
    }
    long[] others = perGroup ? new long[] {0, 2, 3} : new long[] {0, 3};
    if (at.wants(1)) {
      at.give(1, t.reshapeLike(t.sum(t.mul(g, norm.hat()), others), at.input(1)));
    }
    if (at.wants(2)) {
      at.give(2, t.reshapeLike(t.sum(g, others), at.input(2)));
    }
  }

  private static boolean perGroup(NodeGradient at, long groups) {
    Dim scales =
        at.dims(at.input(1))
            .filter(d -> d.size() == 1 && d.get(0) instanceof Dim.Fixed)
            .map(d -> d.get(0))
            .orElseThrow(
                () -> at.unsupported("the size of its scale is not known", "declare its shape"));
    return scales.equals(new Dim.Fixed(groups));
  }
}
