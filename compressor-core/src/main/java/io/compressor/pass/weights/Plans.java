package io.compressor.pass.weights;

import io.compressor.pass.PassPlan;
import io.compressor.pass.PlannedSite;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.solver.QuantSpec;

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
        assignment.assigned().stream().map(a -> planned(a, moments)).toList(),
        assignment.skipped());
  }

  private static PlannedSite planned(Assignment.Assigned a, boolean moments) {
    QuantSpec spec = a.choice().grid().spec();
    long weights = 4L * COPIES * a.site().parameters();
    long in = a.site().in();
    return new PlannedSite(
        a.site(),
        (a.choice().grid().vector() > 1
                ? a.choice().grid().codewords() + " vectors of " + a.choice().grid().vector()
                : spec.bits() + "-bit")
            + (spec.group() > 0 ? " g" + spec.group() : ""),
        a.choice().encoding().id(),
        a.choice().encoding().kernel(a.site()),
        a.choice().bytes(),
        weights + (moments ? 8L * MOMENTS * in * in : 0),
        a.choice().floatMs(),
        a.choice().predictedMs(),
        a.choice().reason());
  }
}
