package io.compressor.pass.weights;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.PlannedSite;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.solver.QuantSpec;
import java.util.List;
import java.util.stream.Collectors;

/** An assignment as a plan: everything known before the first weight is read. */
public final class Plans {
  /** Copies of W in float32 that a solver holds: the weights, the rounded ones, the best so far. */
  private static final int COPIES = 3;

  /** Matrices [in × in] in fp64 that GPTQ holds: the moments and their factor. */
  private static final int MOMENTS = 2;

  private Plans() {}

  public static PassPlan of(Assignment assignment, QuantizeOptions options, boolean hasData) {
    boolean moments = hasData && options.method() == QuantizeOptions.Method.GPTQ;
    return new PassPlan(
        assignment.assigned().stream().map(a -> planned(a, moments, options)).toList(),
        assignment.skipped());
  }

  /**
   * As {@link #of} for a pass that writes all it plans, with the model that it would write. Where
   * each weight takes one of several widths by its error, the widest is counted: no file is larger.
   */
  public static PassPlan whole(WholeModel whole, PassScope scope, Assignment assignment) {
    PassPlan plan = of(assignment, whole.options(), whole.hasData());
    return new PassPlan(plan.sites(), plan.skipped(), HollowModel.of(whole, scope, assignment));
  }

  private static PlannedSite planned(
      Assignment.Assigned a, boolean moments, QuantizeOptions options) {
    QuantSpec spec = a.choice().grid().spec();
    long weights = 4L * COPIES * a.site().parameters();
    long in = a.site().in();
    return new PlannedSite(
        a.site(),
        (a.choice().grid().vector() > 1
                ? a.choice().grid().codewords() + " vectors of " + a.choice().grid().vector()
                : words(a.site(), spec.bits(), options))
            + (spec.group() > 0 ? " g" + spec.group() : ""),
        a.choice().encoding().id(),
        a.choice().encoding().kernel(a.site()),
        a.choice().bytes(),
        weights + (moments ? 8L * MOMENTS * in * in : 0),
        a.choice().floatMs(),
        a.choice().predictedMs(),
        a.choice().reason());
  }

  /** {@code 4-bit or 8-bit} where the weight's error will decide. */
  private static String words(Site site, int bits, QuantizeOptions options) {
    List<Integer> widths = options.widths();
    return widths.size() > 1 && site.kind() != SiteKind.GATHER
        ? widths.stream().map(w -> w + "-bit").collect(Collectors.joining(" or "))
        : bits + "-bit";
  }
}
