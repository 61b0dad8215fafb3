package io.compressor.autodiff;

import java.util.Map;

/** Matrix products. */
final class ProductRules {
  private ProductRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("MatMul", ProductRules::matMul);
    rules.put("Gemm", ProductRules::gemm);
  }

  private static void matMul(NodeGradient at) {
    int left = at.rank(at.input(0));
    int right = at.rank(at.input(1));
    if (left >= 2 && right == 2) {
      byMatrix(at);
    } else {
      batched(at, left, right);
    }
  }

  /** […, m, k] · [k, n]: all rows are one matrix, so both gradients are one product. */
  private static void byMatrix(NodeGradient at) {
    Tape t = at.tape();
    String a = at.input(0);
    String b = at.input(1);
    boolean flat = at.rank(a) == 2;
    String rows = flat ? at.gradient() : asRows(t, at.gradient(), b, -1);
    if (at.wants(0)) {
      String back = t.gemm(rows, false, b, true);
      at.give(0, flat ? back : t.reshapeLike(back, a));
    }
    if (at.wants(1)) {
      at.give(1, t.gemm(flat ? a : asRows(t, a, b, 0), true, rows, false));
    }
  }

  /** [−1, size of an axis of {@code of}], right for no rows at all too. */
  private static String asRows(Tape t, String x, String of, int axis) {
    String columns = t.size(of, axis);
    String lead = t.node("Shape", java.util.List.of(x), end(-1));
    String count =
        t.node(
            "ReduceProd", java.util.List.of(lead), io.compressor.ir.Attribute.of("keepdims", 1L));
    return t.reshapeTo(x, t.concat(0, java.util.List.of(count, columns)));
  }

  private static io.compressor.ir.Attribute end(long axis) {
    return io.compressor.ir.Attribute.of("end", axis);
  }

  /** Vectors become matrices of one row or column; what was broadcast is summed. */
  private static void batched(NodeGradient at, int left, int right) {
    Tape t = at.tape();
    String a = left == 1 ? t.unsqueeze(at.input(0), 0) : at.input(0);
    String b = right == 1 ? t.unsqueeze(at.input(1), 1) : at.input(1);
    String g = left + right == 2 ? t.reshape(at.gradient(), 1, 1) : at.gradient();
    if (right == 1 && left > 1) {
      g = t.unsqueeze(g, -1);
    }
    if (left == 1 && right > 1) {
      g = t.unsqueeze(g, -2);
    }
    if (at.wants(0)) {
      String back = t.node("MatMul", java.util.List.of(g, t.swapLast(b, Math.max(2, right))));
      give(at, 0, left == 1 ? t.squeeze(back, -2) : back, left, right);
    }
    if (at.wants(1)) {
      String back = t.node("MatMul", java.util.List.of(t.swapLast(a, Math.max(2, left)), g));
      give(at, 1, right == 1 ? t.squeeze(back, -1) : back, left, right);
    }
  }

  private static void give(NodeGradient at, int i, String gradient, int left, int right) {
    boolean sure = left == right && left == 2;
    at.give(i, sure ? gradient : Unbroadcast.leading(at, gradient, at.input(i), at.input(1 - i)));
  }

  /** Y = α·A'·B' + β·C. */
  private static void gemm(NodeGradient at) {
    Tape t = at.tape();
    boolean transA = at.node().intAttribute("transA", 0) != 0;
    boolean transB = at.node().intAttribute("transB", 0) != 0;
    String g = t.mul(at.gradient(), at.node().floatAttribute("alpha", 1));
    String a = at.input(0);
    String b = at.input(1);
    if (at.wants(0)) {
      at.give(0, transA ? t.gemm(b, transB, g, true) : t.gemm(g, false, b, !transB));
    }
    if (at.wants(1)) {
      at.give(1, transB ? t.gemm(g, true, a, transA) : t.gemm(a, !transA, g, false));
    }
    if (at.wants(2)) {
      at.giveBroadcast(2, t.mul(at.gradient(), at.node().floatAttribute("beta", 1)));
    }
  }
}
