package io.compressor.train.task;

/**
 * How a run stood when it was looked at.
 *
 * @param step steps done
 * @param loss mean over the steps since the last look; NaN before the first step
 * @param heldOutLoss of the model with frozen norms on held-out samples
 * @param accuracy share of held-out samples whose label has the largest score; NaN without labels
 */
public record CurvePoint(int step, double loss, double heldOutLoss, double accuracy) {
  /** More right labels, else less loss; anything beats a loss that is not finite. */
  boolean isBetterThan(CurvePoint other) {
    if (!Double.isFinite(heldOutLoss)) {
      return false;
    }
    if (!Double.isFinite(other.heldOutLoss)) {
      return true;
    }
    boolean differ = !Double.isNaN(accuracy) && accuracy != other.accuracy;
    return differ ? accuracy > other.accuracy : heldOutLoss < other.heldOutLoss;
  }

  @Override
  public String toString() {
    String text = "step %d: loss %.4g, held out %.4g".formatted(step, loss, heldOutLoss);
    return Double.isNaN(accuracy) ? text : text + " (%.2f %% right)".formatted(100 * accuracy);
  }
}
