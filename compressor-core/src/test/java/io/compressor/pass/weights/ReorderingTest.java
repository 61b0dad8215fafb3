package io.compressor.pass.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Graphs;
import io.compressor.graph.Ort;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.Prepared;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReorderingTest {
  private static final int IN = 16;
  private static final int HIDDEN = 64;
  private static final int OUT = 24;

  /** Definition of what it is for: less to lose where neighbours share a scale. */
  @Test
  void outputsStayAndGroupsAreMoreAlike() {
    Model model = perceptron(true);
    Prepared reordered = Reordering.of(model, 8);
    Ort.assertSame(model, reordered.model(), 1e-5);
    assertEquals(List.of("64 channels in 1 groups reordered"), reordered.rotations());
    assertTrue(
        excess(reordered.model()) < 0.7 * excess(model),
        excess(reordered.model()) + " of " + excess(model));
  }

  @Test
  void whatAnOutputShowsStays() {
    Model model = perceptron(false);
    assertSame(model, Reordering.of(model, 8).model());
  }

  /** Σ over groups of 8 inputs of (largest² · 8 − Σ w²): what a shared scale covers in vain. */
  private static double excess(Model model) {
    float[] w =
        SiteFinder.scan(model).sites().stream()
            .filter(s -> s.name().equals("w2"))
            .findFirst()
            .orElseThrow()
            .weightMatrix();
    double sum = 0;
    for (int from = 0; from < w.length; from += 8) {
      double largest = 0;
      for (int i = from; i < from + 8; i++) {
        largest = Math.max(largest, w[i] * w[i]);
        sum -= w[i] * w[i];
      }
      sum += 8 * largest;
    }
    return sum;
  }

  private static Model perceptron(boolean hidden) {
    SplittableRandom random = new SplittableRandom(3);
    float[] w2 = new float[HIDDEN * OUT];
    for (int c = 0; c < HIDDEN; c++) {
      double size = Math.exp(2 * random.nextDouble(-1, 1));
      for (int r = 0; r < OUT; r++) {
        w2[c * OUT + r] = (float) (size * random.nextDouble(-1, 1));
      }
    }
    Graphs g = Graphs.graph().input("x", 2, IN);
    g.weight("w1", IN, HIDDEN).weight("b1", HIDDEN);
    g.constant(Tensor.ofFloats("w2", new long[] {HIDDEN, OUT}, w2));
    g.node("MatMul", "a", List.of("x", "w1"));
    g.node("Add", "b", List.of("a", "b1"));
    g.node("Tanh", "c", List.of("b"));
    g.node("MatMul", "y", List.of("c", "w2"));
    g.output("y", 2, OUT);
    return hidden ? g.model() : g.output("c", 2, HIDDEN).model();
  }
}
