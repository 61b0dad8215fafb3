package io.compressor.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinishedSitesTest {
  private static final SolvedWeight SOLVED = Solved.folded(16, "a");
  private static final SolvedWeight OTHER = Solved.uniform(3, "b");

  @TempDir Path folder;

  @Test
  void aSolutionIsFoundInTheSameRoundOfALaterRun() {
    try (Workspace first = open()) {
      FinishedSites.in(first.sites()).begin("forms").put("site", "details", SOLVED);
    }
    try (Workspace second = open()) {
      Optional<SolvedWeight> found =
          FinishedSites.in(second.sites()).begin("forms").find("site", "details");
      Solved.assertSame(SOLVED, found.orElseThrow());
      assertEquals(1, second.sites().reused());
    }
  }

  @Test
  void nothingThatRestsOnSomethingElseIsFound() {
    try (Workspace workspace = open()) {
      FinishedSites.in(workspace.sites()).begin("forms").put("site", "details", SOLVED);
      assertNotFound(workspace, "other forms", "site", "details");
      assertNotFound(workspace, "forms", "other site", "details");
      assertNotFound(workspace, "forms", "site", "other details");
      assertEquals(0, workspace.sites().reused());
    }
  }

  @Test
  void roundsKeepTheirOwnSolutionsOfASite() {
    try (Workspace workspace = open()) {
      FinishedSites run = FinishedSites.in(workspace.sites());
      run.begin("narrow").put("site", "details", SOLVED);
      run.begin("wide").put("site", "details", OTHER);
      FinishedSites again = FinishedSites.in(workspace.sites());
      Solved.assertSame(SOLVED, again.begin("narrow").find("site", "details").orElseThrow());
      Solved.assertSame(OTHER, again.begin("wide").find("site", "details").orElseThrow());
    }
  }

  @Test
  void aRoundAfterAnotherFirstRoundIsAnotherRound() {
    try (Workspace workspace = open()) {
      FinishedSites run = FinishedSites.in(workspace.sites());
      run.begin("narrow");
      run.begin("wide").put("site", "details", SOLVED);
      FinishedSites changed = FinishedSites.in(workspace.sites());
      changed.begin("narrower");
      assertTrue(changed.begin("wide").find("site", "details").isEmpty());
    }
  }

  @Test
  void withoutAWorkspaceNothingIsKept() {
    FinishedSites none = FinishedSites.none();
    FinishedSites.Round round = none.begin("forms");
    round.put("site", "details", SOLVED);
    assertTrue(round.find("site", "details").isEmpty());
  }

  private static void assertNotFound(
      Workspace workspace, String forms, String site, String details) {
    FinishedSites.Round round = FinishedSites.in(workspace.sites()).begin(forms);
    assertTrue(round.find(site, details).isEmpty(), forms + " " + site + " " + details);
  }

  private Workspace open() {
    return Workspace.open(folder, Map.of("model.sha256", "a"));
  }
}
