package io.compressor.pass.weights.learn;

/**
 * What came of a {@link Distillation}.
 *
 * @param before held-out loss at the start
 * @param after held-out loss of the values that were kept
 * @param failures steps left out because their loss was not finite
 */
public record Distilled(double before, double after, int failures) {
  /** Whether something better than the start was found. */
  public boolean improved() {
    return after < before;
  }

  /** A predicate for the report: what it did to the held-out loss. */
  public String words() {
    String done =
        "took the held-out distance to the original from %.3g to %.3g".formatted(before, after);
    return failures == 0
        ? done
        : done + "; %d steps had no finite loss and were left out".formatted(failures);
  }
}
