package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelLossRulesTest {
  private static final String NLL = "NegativeLogLikelihoodLoss";
  private static final String SCE = "SoftmaxCrossEntropyLoss";

  private static Node of(String op, boolean weighted, Attribute... attributes) {
    List<String> inputs = weighted ? List.of("x", "t", "w") : List.of("x", "t");
    return Node.of(op, inputs, List.of("y"), attributes);
  }

  private static void check(Node node, long ignored) {
    GradientCheck flat =
        GradientCheck.of(node).by("x", 3, 4).feed(labels(new long[] {3}, 0, 3, ignored));
    GradientCheck deep =
        GradientCheck.of(node).by("x", 2, 4, 2).feed(labels(new long[] {2, 2}, 0, 3, ignored, 3));
    for (GradientCheck one : List.of(flat, deep)) {
      Tensor weights = Tensor.ofDoubles("w", new long[] {4}, new double[] {1, 0.5, 2, 0.25});
      (node.inputs().size() > 2 ? one.feed(weights) : one).twice().run();
    }
  }

  private static Tensor labels(long[] dims, long... values) {
    return Tensor.ofLongs("t", dims, values);
  }

  @Test
  void allReductionsWithAndWithoutWeightsAndIgnoredLabels() {
    for (String op : List.of(NLL, SCE)) {
      for (String reduction : List.of("none", "sum", "mean")) {
        for (boolean weighted : new boolean[] {false, true}) {
          for (boolean ignore : new boolean[] {false, true}) {
            List<Attribute> attributes =
                new ArrayList<>(List.of(Attribute.of("reduction", reduction)));
            if (ignore) {
              attributes.add(Attribute.of("ignore_index", -7L));
            }
            check(of(op, weighted, attributes.toArray(Attribute[]::new)), ignore ? -7 : 1);
          }
        }
      }
    }
  }

  @Test
  void logarithmsAreAnOutputToo() {
    Node both = Node.of(SCE, List.of("x", "t"), List.of("y", "logs"));
    Tensor labels = labels(new long[] {3}, 0, 3, 1);
    GradientCheck.of(both).by("x", 3, 4).feed(labels).twice().run();
    Node used = Node.of("Mul", List.of("logs", "logs"), List.of("z"));
    GradientCheck.of(both, used).by("x", 3, 4).feed(labels).twice().run();
    Node ignoring =
        Node.of(
            SCE,
            Arrays.asList("x", "t"),
            List.of("unread", "logs"),
            Attribute.of("reduction", "none"));
    GradientCheck.of(ignoring, used).by("x", 3, 4).feed(labels).twice().run();
  }
}
