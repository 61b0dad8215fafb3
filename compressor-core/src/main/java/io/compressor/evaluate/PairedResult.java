package io.compressor.evaluate;

import java.util.OptionalDouble;

/**
 * A metric of two models on the same samples.
 *
 * @param drop how much worse the candidate is, on the metric's {@link Metric#dropScale() scale};
 *     its interval is of the pairs, far narrower than the difference of two separate ones
 * @param pValue two-sided, of both being equally good; empty for metrics against the base
 * @param note what to know about it; empty if nothing
 */
public record PairedResult(
    Metric metric,
    Estimate base,
    Estimate candidate,
    Estimate drop,
    OptionalDouble pValue,
    String note) {

  /** Rows: samples, or pairs of them. */
  public int n() {
    return drop.n();
  }

  /** Whether the drop is a number; the note says why when it is not. */
  public boolean valid() {
    return !Double.isNaN(drop.value());
  }
}
