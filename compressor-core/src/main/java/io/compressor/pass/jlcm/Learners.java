package io.compressor.pass.jlcm;

import io.compressor.engine.Engine;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Model;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.learn.CodeChoice;
import io.compressor.pass.weights.learn.LearntSite;
import io.compressor.pass.weights.learn.LearntSites;
import io.compressor.pass.weights.learn.StudentSite;
import io.compressor.recipe.JlcmOptions;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.VectorGrid;

/**
 * Makes solved sites learn.
 *
 * @param latent how latent choices begin
 */
record Learners(JlcmOptions options, CodeChoice.Factory latent, Engine engine) {

  /**
   * Tables behind a Gather are rounded; a constant that others compute with stays as it is.
   *
   * @param model in which the site was found
   */
  static boolean canLearn(Model model, Site site, SolvedSite one) {
    return site.kind() != SiteKind.GATHER
        && (one.weight().grid() instanceof FoldedGrid || one.weight().grid() instanceof VectorGrid)
        && model.graph().initializers().containsKey(site.weight().name());
  }

  LearntSite of(SolvedSite one, Site site) {
    if (one.weight().grid() instanceof VectorGrid) {
      StudentSite student = StudentSite.of(site, one.weight(), one.task().smoothing());
      return LearntVectors.of(one, student, options, engine);
    }
    CodeChoice.Factory choice =
        options.gradient() == JlcmOptions.Gradient.LATENT
            ? latent
            : CodeChoice.logits(options.gradient());
    return LearntSites.of(one, site, choice, options.learningRate());
  }
}
