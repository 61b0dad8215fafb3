package io.compressor.recipe;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * {@code search: joint}: several steps become one, over whose options a budget is spent. Precision
 * and quantize say widths and how codes are chosen, prune adds zeros, maestro adds low rank.
 */
public final class JointSteps {
  private JointSteps() {}

  /**
   * The recipe with one joint step, if that is what its budget asks for; else as it is.
   *
   * @throws CompressorException RECIPE when a step offers nothing to choose among, or when steps
   *     match different weights
   */
  public static Recipe of(Recipe recipe) {
    if (recipe.budget().search() != Budget.Search.JOINT || recipe.steps().isEmpty()) {
      return recipe;
    }
    List<Step> steps = recipe.steps();
    for (int i = 1; i < steps.size(); i++) {
      if (!steps.get(i).match().equals(steps.get(0).match())) {
        throw refused(i, "match", "a joint search needs the same match in all steps", "");
      }
    }
    JointOptions joined =
        steps.size() == 1 && steps.get(0).options() instanceof JointOptions own
            ? own
            : options(steps);
    return new Recipe(
        recipe.version(),
        recipe.seed(),
        recipe.skipBadSites(),
        recipe.data(),
        List.of(new Step(JointOptions.DESCRIPTOR.name(), steps.get(0).match(), joined)),
        recipe.budget(),
        recipe.gates(),
        recipe.encoding());
  }

  private static JointOptions options(List<Step> steps) {
    JointOptions made = JointOptions.defaults();
    TreeSet<Integer> levels = new TreeSet<>(Comparator.reverseOrder());
    boolean zeros = false;
    boolean ranks = false;
    for (int i = 0; i < steps.size(); i++) {
      PassOptions options = steps.get(i).options();
      if (options instanceof PrecisionOptions p) {
        levels.addAll(p.levels());
        made = with(made, p);
      } else if (options instanceof QuantizeOptions q) {
        levels.addAll(q.widths());
        made = with(made, q);
      } else if (options instanceof PruneOptions prune && !prune.isStructured()) {
        zeros = true;
      } else if (options instanceof MaestroOptions) {
        ranks = true;
      } else {
        throw refused(
            i,
            "pass",
            "%s%s has nothing that a joint search could choose among"
                .formatted(
                    steps.get(i).pass(),
                    options instanceof PruneOptions ? " with structure: structured" : ""),
            "precision, quantize, prune (unstructured) and maestro have; or search: per-step");
      }
    }
    levels.add(PrecisionOptions.FLOAT);
    return new JointOptions(
        levels.size() == 1 ? made.levels() : List.copyOf(levels),
        zeros ? made.zeros() : List.of(),
        ranks ? made.ranks() : List.of(),
        List.of(),
        made.loss(),
        made.samples(),
        made.refine(),
        made.points(),
        made.method(),
        made.group(),
        made.activations(),
        made.calibration(),
        made.smooth());
  }

  private static JointOptions with(JointOptions j, PrecisionOptions p) {
    return new JointOptions(
        j.levels(),
        j.zeros(),
        j.ranks(),
        j.rules(),
        p.loss(),
        p.samples(),
        j.refine(),
        j.points(),
        p.method(),
        p.group(),
        p.activations(),
        p.calibration(),
        p.smooth());
  }

  private static JointOptions with(JointOptions j, QuantizeOptions q) {
    return new JointOptions(
        j.levels(),
        j.zeros(),
        j.ranks(),
        j.rules(),
        j.loss(),
        j.samples(),
        j.refine(),
        j.points(),
        q.method(),
        q.group() == 0 ? j.group() : q.group(),
        q.activations(),
        q.calibration(),
        q.smooth());
  }

  private static CompressorException refused(int step, String key, String what, String hint) {
    return new CompressorException(
        ErrorCode.RECIPE, "steps[%d].%s".formatted(step, key), what, hint);
  }
}
