package io.compressor.pass.weights;

import io.compressor.encoding.EncodingChoice;
import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.graph.Site;
import io.compressor.pass.PassFiles;
import io.compressor.workspace.FinishedSites;
import io.compressor.workspace.SolvedWeight;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where every pass has its sites solved: what a killed run has finished is taken from its
 * workspace, to the bit, and what is solved now is kept there before it is handed out. Thread-safe.
 */
public final class SiteMemo {
  private final SiteSolver solver;
  private final FinishedSites.Round round;
  private final boolean keeps;

  private SiteMemo(SiteSolver solver, FinishedSites.Round round, boolean keeps) {
    this.solver = solver;
    this.round = round;
    this.keeps = keeps;
  }

  /** The same, where a solution is not the end of it: nothing is kept but by {@link #keep}. */
  public SiteMemo unfinished() {
    return new SiteMemo(solver, round, false);
  }

  /**
   * Begins a round of solving.
   *
   * @param pass its id
   * @param assignment in the order in which sites may see each other
   */
  public static SiteMemo of(
      PassFiles files, String pass, Assignment assignment, SiteSolver solver) {
    StringBuilder text = new StringBuilder(pass).append('\n');
    assignment.assigned().forEach(a -> text.append(form(a.site(), a.choice())).append('\n'));
    return new SiteMemo(solver, files.finished().begin(text.toString()), true);
  }

  /**
   * The finished solution, if there is one. Needs no moments: the data that they come from is part
   * of what the workspace is for.
   */
  public Optional<SolvedSite> find(SiteTask task) {
    return round.find(task.site().name(), details(task)).map(s -> restored(task, s));
  }

  /** Solves, and keeps the solution unless it is {@link #unfinished}. */
  public SolvedSite solve(SiteTask task) {
    SolvedSite solved = solver.solve(task);
    if (keeps) {
      keep(solved);
    }
    return solved;
  }

  /** Keeps a solution as it will be written. */
  public void keep(SolvedSite solved) {
    SiteTask task = solved.task();
    round.put(task.site().name(), details(task), kept(solved));
  }

  /**
   * Solves sites that read the same input with the same moments and smoothing, side by side, and
   * keeps the solutions; in the order of the tasks.
   */
  public List<SolvedSite> solveSharing(List<SiteTask> tasks, Engine engine, Progress progress) {
    return engine.map(
        solver.sharing(tasks),
        task -> {
          progress.checkCancelled();
          SolvedSite one = solve(task);
          progress.advance(1);
          return one;
        });
  }

  /** Finds or solves sites that do not depend on each other; in the order of the tasks. */
  public List<SolvedSite> solveAll(List<SiteTask> tasks, Engine engine, Progress progress) {
    List<Optional<SolvedSite>> found = tasks.stream().map(this::find).toList();
    progress.begin("solve", found.stream().filter(Optional::isEmpty).count());
    return engine.map(
        IntStream.range(0, tasks.size()).boxed().toList(),
        i ->
            found
                .get(i)
                .orElseGet(
                    () -> {
                      progress.checkCancelled();
                      SolvedSite one = solve(tasks.get(i));
                      progress.advance(1);
                      return one;
                    }));
  }

  /** What a site becomes: name, size, form and grid. */
  private static String form(Site site, EncodingChoice choice) {
    return String.join(
        "\t",
        site.name(),
        site.kind().name(),
        site.out() + "x" + site.in(),
        choice.encoding().id(),
        choice.grid().toString());
  }

  private static String details(SiteTask task) {
    StringBuilder text = new StringBuilder(form(task.site(), task.choice()));
    task.smoothing()
        .ifPresent(
            s -> {
              for (float f : s) {
                text.append('\t').append(Float.floatToRawIntBits(f));
              }
            });
    return text.toString();
  }

  private static SolvedWeight kept(SolvedSite s) {
    return new SolvedWeight(
        s.weight(), s.method(), s.biasShift(), s.errorPredicted(), s.errorMeasured(), s.warnings());
  }

  private static SolvedSite restored(SiteTask task, SolvedWeight s) {
    return new SolvedSite(
        task,
        s.weight(),
        s.method(),
        s.biasShift(),
        s.errorPredicted(),
        s.errorMeasured(),
        s.warnings());
  }
}
