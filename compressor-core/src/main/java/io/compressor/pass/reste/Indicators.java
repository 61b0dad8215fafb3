package io.compressor.pass.reste;

import io.compressor.train.Trainer;
import io.compressor.train.task.CurvePoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The two quantities that ReSTE balances, looked at during a run: the estimating error e = Σ over
 * layers of ‖sign(z) − f(z)‖₂ of the latent weights, and the instability s = Σ over layers of the
 * variance of |gradient|.
 *
 * <p>Source: Wu et al. 2023, section 3.3. Their code has o at its end in e; here it is the present
 * one.
 */
final class Indicators {
  private final Estimator estimator;
  private final Collection<String> latents;
  private final int steps;
  private final List<Look> looks = new ArrayList<>();

  /** Both at a step. */
  record Look(int step, double o, double error, double instability) {}

  Indicators(Estimator estimator, Collection<String> latents, int steps) {
    this.estimator = estimator;
    this.latents = latents;
    this.steps = steps;
  }

  void look(CurvePoint point, Trainer trainer) {
    double o = estimator.o((double) point.step() / steps);
    double error = 0;
    double instability = 0;
    for (String latent : latents) {
      error += error(estimator, trainer.values(latent), o);
      instability += spread(trainer.gradients(latent));
    }
    looks.add(new Look(point.step(), o, error, instability));
  }

  List<Look> looks() {
    return List.copyOf(looks);
  }

  /** ‖sign(z) − f(z)‖₂. */
  static double error(Estimator estimator, float[] values, double o) {
    double sum = 0;
    for (float z : values) {
      double d = (z >= 0 ? 1 : -1) - estimator.value(z, o);
      sum += d * d;
    }
    return Math.sqrt(sum);
  }

  /** The variance of |g|. */
  static double spread(float[] gradients) {
    double sum = 0;
    double squares = 0;
    for (float g : gradients) {
      sum += Math.abs(g);
      squares += (double) g * g;
    }
    double mean = sum / gradients.length;
    return Math.max(0, squares / gradients.length - mean * mean);
  }
}
