package io.compressor.encoding.activation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Graphs;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which values get a grid: each rule where it holds and where it does not. */
class StaticPlanTest {
  @Test
  void inputAndOutputOfASiteAreQuantized() {
    assertEquals(Map.of("x", "x", "c", "c"), plan(start().output("c", 1, 4, 6, 6)).grids());
  }

  @Test
  void aReluIsAbsorbed() {
    assertEquals(
        Set.of("x", "r"),
        plan(start().node("Relu", "r", List.of("c")).output("r", 1, 4, 6, 6)).ranges());
  }

  @Test
  void aClipIsAbsorbed() {
    assertEquals(
        Set.of("x", "r"),
        plan(start()
                .constant(io.compressor.ir.Tensor.scalar("low", 0))
                .constant(io.compressor.ir.Tensor.scalar("high", 6))
                .node("Clip", "r", List.of("c", "low", "high"))
                .output("r", 1, 4, 6, 6))
            .ranges());
  }

  @Test
  void aReluIsNotAbsorbedWhenItsInputHasAnotherReader() {
    StaticPlan plan =
        plan(
            start()
                .node("Relu", "r", List.of("c"))
                .node("Sigmoid", "s", List.of("c"))
                .output("r", 1, 4, 6, 6)
                .output("s", 1, 4, 6, 6));
    assertEquals(Set.of("x", "c"), plan.ranges());
  }

  @Test
  void aReluIsNotAbsorbedWhenItsInputLeavesTheModel() {
    StaticPlan plan =
        plan(
            start()
                .node("Relu", "r", List.of("c"))
                .output("r", 1, 4, 6, 6)
                .output("c", 1, 4, 6, 6));
    assertEquals(Set.of("x", "c"), plan.ranges());
  }

  @Test
  void otherActivationsAreNotAbsorbed() {
    assertEquals(
        Set.of("x", "c"),
        plan(start().node("Sigmoid", "r", List.of("c")).output("r", 1, 4, 6, 6)).ranges());
  }

  @Test
  void poolingSharesTheGridOfItsInput() {
    StaticPlan plan = plan(start().node("MaxPool", "p", List.of("c"), kernel()).output("p"));
    assertEquals(Map.of("x", "x", "c", "c", "p", "c"), plan.grids());
    assertEquals(Set.of("x", "c"), plan.ranges());
  }

  @Test
  void poolingOfFloatsStaysInFloat() {
    StaticPlan plan =
        plan(
            start()
                .node("Sigmoid", "s", List.of("c"))
                .node("MaxPool", "p", List.of("s"), kernel())
                .output("p"));
    assertFalse(plan.grids().containsKey("p"));
    assertFalse(plan.grids().containsKey("s"));
  }

  @Test
  void aSumOfTwoQuantizedValuesIsQuantizedBehindItsRelu() {
    StaticPlan plan =
        plan(
            start()
                .weight("v", 4, 4, 3, 3)
                .node("Conv", "d", List.of("x", "v"), pads())
                .node("Add", "a", List.of("c", "d"))
                .node("Relu", "r", List.of("a"))
                .output("r"));
    assertEquals(Set.of("x", "c", "d", "r"), plan.grids().keySet());
  }

  @Test
  void aSumWithAFloatSideIsNot() {
    StaticPlan plan =
        plan(
            start()
                .node("Sigmoid", "s", List.of("x"))
                .node("Add", "a", List.of("c", "s"))
                .output("a"));
    assertEquals(Set.of("x", "c"), plan.grids().keySet());
  }

  @Test
  void anInputThatTwoSitesReadHasOneGrid() {
    StaticPlan plan =
        plan(
            start()
                .weight("v", 4, 4, 3, 3)
                .node("Conv", "d", List.of("x", "v"), pads())
                .output("c")
                .output("d"));
    assertEquals(List.of("x", "c", "d"), List.copyOf(plan.grids().keySet()));
  }

  @Test
  void withoutSitesNothingIsQuantized() {
    Model model = start().node("Relu", "r", List.of("c")).output("r").model();
    assertTrue(StaticPlan.of(new GraphIndex(model), List.of()).grids().isEmpty());
  }

  private static Graphs start() {
    return Graphs.graph()
        .input("x", 1, 4, 6, 6)
        .weight("w", 4, 4, 3, 3)
        .node("Conv", "c", List.of("x", "w"), pads());
  }

  private static StaticPlan plan(Graphs graph) {
    Model model = graph.model();
    List<Site> sites = SiteFinder.scan(model).sites();
    return StaticPlan.of(new GraphIndex(model), sites);
  }

  private static Attribute pads() {
    return Attribute.of("pads", new long[] {1, 1, 1, 1});
  }

  private static Attribute kernel() {
    return Attribute.of("kernel_shape", new long[] {2, 2});
  }
}
