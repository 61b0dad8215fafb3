package io.compressor.pass.weights.learn;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Model;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.Grid;
import io.compressor.solver.UniformGrid;

/** Solved sites as things that learn. */
public final class LearntSites {
  private LearntSites() {}

  /**
   * Whether nodes can make this weight from what is learnt. Tables behind a Gather are not: most of
   * their rows are in no batch.
   *
   * @param model in which the site was found
   */
  public static boolean canLearn(Model model, Site site, SolvedSite solved) {
    Grid grid = solved.weight().grid();
    return site.kind() != SiteKind.GATHER
        && (grid instanceof FoldedGrid || grid instanceof UniformGrid)
        && model.graph().initializers().containsKey(site.weight().name());
  }

  /**
   * A codebook or evenly spaced levels, with one choice a weight and a factor for each scale.
   *
   * @param site in the model that learns
   * @param rate learning rate of the choices, in gaps between levels
   */
  public static LearntSite of(
      SolvedSite solved, Site site, CodeChoice.Factory choice, double rate) {
    StudentSite student = StudentSite.of(site, solved.weight(), solved.task().smoothing());
    return solved.weight().grid() instanceof FoldedGrid
        ? LearntCodes.of(solved, student, choice, rate)
        : LearntUniform.of(solved, student, choice, rate);
  }
}
