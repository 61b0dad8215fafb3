package io.compressor.train;

/** Factor of the learning rates over a run. */
@FunctionalInterface
public interface Schedule {
  /**
   * @param done share of the run that is over, in [0, 1)
   */
  double factor(double done);

  /** Always 1. */
  static Schedule constant() {
    return done -> 1;
  }

  /** From 1 to 0 along a straight line. */
  static Schedule linear() {
    return done -> 1 - done;
  }

  /** From 1 to 0 along half a cosine, after a linear rise over the first {@code warmUp}. */
  static Schedule cosine(double warmUp) {
    return done ->
        done < warmUp
            ? (done + 1e-3) / (warmUp + 1e-3)
            : 0.5 * (1 + Math.cos(Math.PI * (done - warmUp) / (1 - warmUp)));
  }

  /** As another one, after a linear rise over the first share of the run. */
  static Schedule warmed(double warmUp, Schedule after) {
    return done ->
        done < warmUp
            ? (done + 1e-3) / (warmUp + 1e-3) * after.factor(0)
            : after.factor((done - warmUp) / (1 - warmUp));
  }

  /** A tenth after each of the given shares of the run. */
  static Schedule steps(double... at) {
    double[] marks = at.clone();
    return done -> {
      double factor = 1;
      for (double mark : marks) {
        factor *= done >= mark ? 0.1 : 1;
      }
      return factor;
    };
  }
}
