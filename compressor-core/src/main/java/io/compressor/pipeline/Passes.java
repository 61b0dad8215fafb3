package io.compressor.pipeline;

import io.compressor.encoding.Preference;
import io.compressor.pass.Pass;
import io.compressor.pass.bct.BctPass;
import io.compressor.pass.jlcm.JlcmPass;
import io.compressor.pass.joint.JointPass;
import io.compressor.pass.maestro.MaestroPass;
import io.compressor.pass.precision.PrecisionPass;
import io.compressor.pass.prune.PrunePass;
import io.compressor.pass.quantize.QuantizePass;
import io.compressor.pass.reste.RestePass;
import io.compressor.pass.rsq.RsqPass;
import io.compressor.pass.tune.TunePass;
import io.compressor.pass.weights.BadSites;
import io.compressor.recipe.BctOptions;
import io.compressor.recipe.JlcmOptions;
import io.compressor.recipe.JointOptions;
import io.compressor.recipe.MaestroOptions;
import io.compressor.recipe.PassOptions;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.recipe.PruneOptions;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.recipe.Recipe;
import io.compressor.recipe.ResteOptions;
import io.compressor.recipe.RsqOptions;
import io.compressor.recipe.TuneOptions;
import java.util.OptionalDouble;

/** The one list that turns options into passes. */
final class Passes {
  /** Of the metric on held-out samples, where nobody says. */
  private static final double MAX_DROP = 0.001;

  private Passes() {}

  static Pass of(PassOptions options, Recipe recipe, boolean hasData) {
    Preference preference = Preference.valueOf(recipe.encoding().name());
    BadSites bad = BadSites.skipping(recipe.skipBadSites());
    if (options instanceof QuantizeOptions quantize) {
      return new QuantizePass(quantize, preference, hasData, bad);
    }
    if (options instanceof JlcmOptions jlcm) {
      return new JlcmPass(jlcm, preference, recipe.seed(), hasData, bad);
    }
    if (options instanceof RsqOptions rsq) {
      return new RsqPass(rsq, preference, recipe.seed(), bad);
    }
    if (options instanceof BctOptions bct) {
      return new BctPass(bct);
    }
    if (options instanceof PruneOptions prune) {
      return new PrunePass(prune, recipe.seed());
    }
    if (options instanceof MaestroOptions maestro) {
      return new MaestroPass(maestro, recipe.seed(), hasData, bad);
    }
    if (options instanceof ResteOptions reste) {
      return new RestePass(reste, recipe.seed());
    }
    if (options instanceof TuneOptions tune) {
      return new TunePass(tune, recipe.seed());
    }
    if (options instanceof PrecisionOptions precision) {
      return precision(precision, recipe, preference, bad);
    }
    if (options instanceof JointOptions joint) {
      return new JointPass(joint, preference, bad, recipe.budget(), recipe.seed());
    }
    throw new IllegalStateException("no pass for " + options.getClass().getSimpleName());
  }

  /** What may drop and by how much: the step says it, else the budget, else the gate. */
  private static PrecisionPass precision(
      PrecisionOptions options, Recipe recipe, Preference preference, BadSites bad) {
    OptionalDouble asked =
        recipe.budget().maxDrop().isPresent()
            ? recipe.budget().maxDrop()
            : recipe.gates().maxDrop();
    return new PrecisionPass(
        recipe.budget().size().isPresent() ? options.forSize() : options,
        preference,
        bad,
        options.metric().or(() -> recipe.gates().metrics().stream().findFirst()),
        options.maxDrop().isPresent() ? options.maxDrop().getAsDouble() : asked.orElse(MAX_DROP),
        recipe.budget());
  }
}
