package io.compressor.evaluate;

/** How a rule ended. */
public enum Verdict {
  PASSED,
  FAILED,
  /** The limit is inside the interval at the confidence asked for; counts as not passed. */
  UNDECIDED
}
