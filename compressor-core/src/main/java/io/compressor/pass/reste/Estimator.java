package io.compressor.pass.reste;

import io.compressor.autodiff.Surrogate;
import io.compressor.autodiff.Tape;
import io.compressor.ir.Tensor;
import io.compressor.recipe.ResteOptions;
import java.util.List;
import java.util.Map;

/**
 * How a gradient passes z ↦ sign(z): as if it were f(z) = sign(z)|z|^(1/o), with f'(z) = |z|^(1/o −
 * 1) / o for m &lt; |z| ≤ t, f(m)/m below m and 0 beyond t. o = 1 is the straight-through
 * estimator; it grows from 1 to {@code oEnd} over a run.
 *
 * <p>Source: Wu et al. 2023, ReSTE (arXiv 2308.06689), section 3 and binarized_modules.py.
 *
 * @param rectified false = slope 1 up to t, whatever o
 */
record Estimator(boolean rectified, double oEnd, double t, double m) {
  /** Name of the scalar input that holds 1/o. */
  static final String INVERSE = "reste/inverse";

  static Estimator of(ResteOptions options) {
    return new Estimator(
        options.estimator() == ResteOptions.Estimator.RESTE,
        options.oEnd(),
        options.t(),
        options.m());
  }

  /**
   * 1 + (oEnd − 1)(1 − cos(π/2 · done)).
   *
   * @param done share of the run, in [0, 1]
   */
  double o(double done) {
    return rectified ? 1 + (oEnd - 1) * (1 - Math.cos(Math.PI / 2 * done)) : 1;
  }

  /** What a step is fed. */
  static Map<String, Tensor> feeds(double o) {
    return Map.of(INVERSE, Tensor.scalar(INVERSE, (float) (1 / o)));
  }

  /** The slope at z for a given o. */
  double slope(double z, double o) {
    double size = Math.abs(z);
    if (size > t) {
      return 0;
    }
    if (!rectified) {
      return 1;
    }
    return size > m ? Math.pow(size, 1 / o - 1) / o : Math.pow(m, 1 / o - 1);
  }

  /** f(z) for a given o. */
  double value(double z, double o) {
    return Math.signum(z) * Math.pow(Math.abs(z), 1 / o);
  }

  /** Stands for the derivative of a sign of {@code z}. */
  Surrogate of(String z) {
    return new Surrogate(
        rectified ? "reste" : "ste",
        List.of(z),
        at -> {
          if (!at.wants(0)) {
            return;
          }
          Tape tape = at.tape();
          String size = tape.unary("Abs", z);
          String inside = tape.node("LessOrEqual", List.of(size, tape.number(t)));
          String slope = rectified ? slope(tape, size) : "";
          String gradient = slope.isEmpty() ? at.gradient() : tape.mul(at.gradient(), slope);
          at.give(0, tape.masked(inside, gradient));
        });
  }

  /** max(|z|, m)^(1/o − 1), times 1/o above m; the power by exp and log, which are vectorized. */
  private String slope(Tape tape, String size) {
    String power = tape.sub(INVERSE, tape.number(1));
    String base = tape.unary("Log", tape.node("Max", List.of(size, tape.number(m))));
    String above = tape.node("Greater", List.of(size, tape.number(m)));
    String factor = tape.where(above, INVERSE, tape.number(1));
    return tape.mul(tape.unary("Exp", tape.mul(base, power)), factor);
  }
}
