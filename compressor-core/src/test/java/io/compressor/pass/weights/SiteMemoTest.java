package io.compressor.pass.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.EncodingContext;
import io.compressor.encoding.EncodingPlanner;
import io.compressor.encoding.EncodingRequest;
import io.compressor.encoding.Int8Range;
import io.compressor.encoding.Preference;
import io.compressor.encoding.ProbeTable;
import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.graph.Graphs;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.pass.PassFiles;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.solver.QuantSpec;
import io.compressor.workspace.FinishedSites;
import io.compressor.workspace.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteMemoTest {
  private static final EncodingPlanner PLANNER =
      new EncodingPlanner(new EncodingContext(21, "1.29.0", Int8Range.SAFE), ProbeTable.empty());
  private static final List<Site> SITES =
      SiteFinder.scan(
              Graphs.graph()
                  .input("x", -1, 64)
                  .constant(Graphs.random("a", 1, 64, 48))
                  .constant(Graphs.random("b", 1, 48, 32))
                  .node("MatMul", "h", List.of("x", "a"))
                  .node("MatMul", "y", List.of("h", "b"))
                  .output("y", -1, 32)
                  .model())
          .sites();
  private static final Assignment W4 = assignment(4, 4);
  private static final float[] HALVES = halves();

  @TempDir Path folder;
  private int reused;
  private int solved;

  @Test
  void theSameRoundIsFoundToTheBit() {
    List<SolvedSite> first = run("quantize", W4, plain(W4));
    assertCounts(0, 2);
    List<SolvedSite> again = run("quantize", W4, plain(W4));
    assertCounts(2, 0);
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(first.get(i).weight().codes(), again.get(i).weight().codes());
      assertArrayEquals(first.get(i).weight().dequantize(), again.get(i).weight().dequantize());
      assertEquals(first.get(i).method(), again.get(i).method());
      assertEquals(first.get(i).warnings(), again.get(i).warnings());
    }
  }

  @Test
  void anotherGridIsSolvedAgain() {
    run("quantize", W4, plain(W4));
    Assignment w3 = assignment(3, 3);
    run("quantize", w3, plain(w3));
    assertCounts(0, 2);
  }

  @Test
  void whatAnotherSiteBecomesCountsToo() {
    run("quantize", W4, plain(W4));
    Assignment mixed = assignment(4, 8);
    run("quantize", mixed, plain(mixed));
    assertCounts(0, 2);
  }

  @Test
  void anotherPassIsAnotherRound() {
    run("quantize", W4, plain(W4));
    run("rsq", W4, plain(W4));
    assertCounts(0, 2);
  }

  @Test
  void smoothingIsPartOfASite() {
    run("quantize", W4, plain(W4));
    run("quantize", W4, List.of(task(W4, 0, Optional.of(HALVES)), task(W4, 1, Optional.empty())));
    assertCounts(1, 1);
  }

  @Test
  void whatWasSolvedBeforeAFailureIsKept() {
    Progress second =
        new Progress() {
          private int done;

          @Override
          public void begin(String stage, long steps) {}

          @Override
          public void advance(long steps) {
            done++;
          }

          @Override
          public boolean isCancelled() {
            return done > 0;
          }
        };
    assertThrows(RuntimeException.class, () -> run("quantize", W4, plain(W4), second));
    run("quantize", W4, plain(W4));
    assertCounts(1, 1);
  }

  private List<SolvedSite> run(String pass, Assignment assignment, List<SiteTask> tasks) {
    return run(pass, assignment, tasks, Progress.NONE);
  }

  private List<SolvedSite> run(
      String pass, Assignment assignment, List<SiteTask> tasks, Progress progress) {
    try (Workspace workspace = Workspace.open(folder, Map.of("model.sha256", "a"))) {
      PassFiles files = new PassFiles(folder, FinishedSites.in(workspace.sites()));
      SiteSolver solver = new SiteSolver(QuantizeOptions.defaults(), Engine.direct());
      List<SolvedSite> all =
          SiteMemo.of(files, pass, assignment, solver).solveAll(tasks, Engine.direct(), progress);
      reused = workspace.sites().reused();
      solved = workspace.sites().solved();
      return all;
    }
  }

  private void assertCounts(int wantedReused, int wantedSolved) {
    assertEquals(List.of(wantedReused, wantedSolved), List.of(reused, solved));
  }

  private static Assignment assignment(int... bits) {
    List<Assignment.Assigned> assigned = new ArrayList<>();
    for (int i = 0; i < bits.length; i++) {
      QuantSpec spec = new QuantSpec(bits[i], 16, true, false);
      EncodingChoice choice =
          PLANNER
              .choose(SITES.get(i), 1, EncodingRequest.dynamic(spec, Preference.SIZE))
              .orElseThrow();
      assigned.add(new Assignment.Assigned(SITES.get(i), choice));
    }
    return new Assignment(assigned, List.of());
  }

  private static List<SiteTask> plain(Assignment assignment) {
    return List.of(task(assignment, 0, Optional.empty()), task(assignment, 1, Optional.empty()));
  }

  private static SiteTask task(Assignment assignment, int site, Optional<float[]> smoothing) {
    Assignment.Assigned a = assignment.assigned().get(site);
    return new SiteTask(a.site(), a.choice(), smoothing, Optional.empty(), Optional.empty());
  }

  private static float[] halves() {
    float[] s = new float[64];
    java.util.Arrays.fill(s, 0.5f);
    return s;
  }
}
