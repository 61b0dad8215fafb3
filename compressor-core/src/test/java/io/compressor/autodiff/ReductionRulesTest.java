package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReductionRulesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ReduceSum",
        "ReduceMean",
        "ReduceSumSquare",
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceProd",
        "ReduceMax",
        "ReduceMin"
      })
  void overAxes(String op) {
    for (long keep = 0; keep < 2; keep++) {
      Attribute kept = Attribute.of("keepdims", keep);
      Node some = Node.of(op, List.of("x", "axes"), List.of("y"), kept);
      GradientCheck.of(some).within("x", 0.3, 2, 2, 3, 4).longs("axes", -1, 0).twice().run();
      GradientCheck.of(some).fixed().within("x", 0.3, 2, 2, 3, 4).longs("axes", 1).twice().run();
      Node all = Node.of(op, List.of("x"), List.of("y"), kept);
      GradientCheck.of(all).within("x", 0.3, 2, 2, 3, 4).twice().run();
      Node none =
          Node.of(op, List.of("x"), List.of("y"), kept, Attribute.of("noop_with_empty_axes", 1L));
      if (op.equals("ReduceSum") || op.equals("ReduceMean")) {
        GradientCheck.of(none).within("x", 0.3, 2, 2, 3).twice().run();
      }
    }
  }

  @Test
  void overAnEmptyAxis() {
    Node node = Node.of("ReduceSum", List.of("x", "axes"), List.of("y"));
    GradientCheck.of(node).by("x", 0, 3).longs("axes", 0).twice().run();
  }

  @Test
  void normOfZero() {
    Node node = Node.of("ReduceL2", List.of("x", "axes"), List.of("y"));
    GradientCheck.of(node).by("x", new double[] {0, 0, 3, 4}, 2, 2).longs("axes", 1);
  }

  @Test
  void cumulativeSums() {
    for (long kind = 0; kind < 4; kind++) {
      Node node =
          Node.of(
              "CumSum",
              List.of("x", "axis"),
              List.of("y"),
              Attribute.of("reverse", kind & 1),
              Attribute.of("exclusive", kind >> 1));
      GradientCheck.of(node)
          .by("x", 2, 5)
          .constant(Tensor.ofLongs("axis", new long[0], 1))
          .twice()
          .run();
    }
  }
}
