package io.compressor.pass.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.Encodings;
import io.compressor.encoding.GridFamily;
import io.compressor.encoding.GridRequest;
import io.compressor.engine.Engine;
import io.compressor.graph.Graphs;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.recipe.RsqOptions;
import io.compressor.solver.QuantSpec;
import io.compressor.statistics.Moments;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SiteSolverTest {
  private static final int IN = 8;

  /** Off-diagonals far above the diagonal: no damping up to the whole diagonal helps. */
  @Test
  void aHessianThatCannotBeFactoredLeavesRoundingAndALine() {
    double[] products = new double[IN * IN];
    for (int i = 0; i < IN; i++) {
      for (int j = 0; j < IN; j++) {
        products[i * IN + j] = i == j ? 100 : 1e6;
      }
    }
    SolvedSite found = solve(products);
    assertEquals("rtn", found.method());
    assertEquals(OptionalDouble.empty(), found.errorPredicted());
    assertTrue(
        found.warnings().stream().anyMatch(w -> w.contains("could not be factored")),
        found.warnings().toString());
    SolvedSite plain = solve(null);
    assertArrayEquals(plain.weight().codes(), found.weight().codes());
  }

  @Test
  void aSharedFactorChangesNothing() {
    double[] products = new double[IN * IN];
    for (int i = 0; i < IN; i++) {
      for (int j = 0; j < IN; j++) {
        products[i * IN + j] = i == j ? 100 + 10 * i : 30;
      }
    }
    SiteSolver solver = new SiteSolver(RsqOptions.defaults().weights(), Engine.direct());
    SiteTask alone = task(products);
    List<SiteTask> sharing = solver.sharing(List.of(alone, alone));
    assertSame(sharing.get(0).factor().orElseThrow(), sharing.get(1).factor().orElseThrow());
    SolvedSite expected = solver.solve(alone);
    assertEquals("gptq", expected.method());
    for (SiteTask task : sharing) {
      assertArrayEquals(expected.weight().codes(), solver.solve(task).weight().codes());
    }
    assertTrue(solver.sharing(List.of(task(null))).get(0).factor().isEmpty(), "nothing to factor");
  }

  private static SolvedSite solve(double @Nullable [] products) {
    return new SiteSolver(RsqOptions.defaults().weights(), Engine.direct()).solve(task(products));
  }

  private static SiteTask task(double @Nullable [] products) {
    Site site =
        SiteFinder.scan(
                Graphs.graph()
                    .input("x", -1, IN)
                    .weight("w", IN, 6)
                    .node("MatMul", "y", List.of("x", "w"))
                    .output("y", -1, 6)
                    .model())
            .sites()
            .get(0);
    Optional<Moments> moments =
        products == null
            ? Optional.empty()
            : Optional.of(new Moments(1, IN, products, new double[IN], 100, 100));
    EncodingChoice choice =
        new EncodingChoice(
            Encodings.NBITS_EXACT,
            new GridRequest(GridFamily.UNIFORM, new QuantSpec(4, 0, true, true), 127),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            0,
            "");
    return new SiteTask(site, choice, Optional.empty(), moments, Optional.empty());
  }
}
