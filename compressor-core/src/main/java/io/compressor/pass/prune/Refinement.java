package io.compressor.pass.prune;

import io.compressor.ir.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Looks at shares again in each other's company. A layer's curve tells what it does alone; where
 * much is pruned, layers no longer add up. So what each layer adds is measured again around the
 * present shares, all others pruned as they are, and the total is shared out anew; a step is taken
 * if the distortion of all together is less, else the next one is shorter.
 *
 * <p>Ours: the linear model of RD-prune at another point than the dense network.
 */
final class Refinement {
  private static final double SHORTER = 0.5;

  private final Model reference;
  private final List<PrunedWeight> weights;
  private final Saliency.Factory saliency;
  private final Distortions distortions;

  /**
   * @param reference whose outputs are wanted
   * @param weights before pruning
   */
  Refinement(
      Model reference,
      List<PrunedWeight> weights,
      Saliency.Factory saliency,
      Distortions distortions) {
    this.reference = reference;
    this.weights = weights;
    this.saliency = saliency;
    this.distortions = distortions;
  }

  /**
   * @param zeros of each layer to begin with
   * @param keep weights that may stay in all
   * @param steps at most
   */
  int[] refine(int[] zeros, long keep, int steps) {
    int[] best = zeros;
    OutputDistance distance = distortions.distance(reference);
    try (Distortions.Joint joint = distortions.new Joint(reference, weights)) {
      List<PrunedWeight> now = pruned(best);
      double present = joint.of(now);
      double reach = 1;
      for (int step = 0; step < steps; step++) {
        int[] next = Allotment.byCurves(curves(best, now, present, reach, distance), keep);
        List<PrunedWeight> then = pruned(next);
        double error = joint.of(then);
        if (error < present) {
          best = next;
          now = then;
          present = error;
        } else {
          reach *= SHORTER;
        }
      }
    }
    return best;
  }

  private List<DistortionCurve> curves(
      int[] zeros, List<PrunedWeight> now, double present, double reach, OutputDistance distance) {
    List<int[]> levels = new ArrayList<>();
    for (int i = 0; i < zeros.length; i++) {
      PrunedWeight w = weights.get(i);
      levels.add(DistortionCurve.around(w.size(), w.zeros(), zeros[i], reach));
    }
    Map<String, double[]> measured =
        distortions.sweep(reference, weights, now, levels, saliency, distance);
    List<DistortionCurve> curves = new ArrayList<>();
    for (int i = 0; i < zeros.length; i++) {
      PrunedWeight w = weights.get(i);
      double[] errors = measured.getOrDefault(w.name(), new double[0]);
      curves.add(DistortionCurve.near(w.site().name(), w.size(), levels.get(i), errors, present));
    }
    return curves;
  }

  private List<PrunedWeight> pruned(int[] zeros) {
    List<PrunedWeight> pruned = new ArrayList<>();
    for (int i = 0; i < zeros.length; i++) {
      PrunedWeight weight = weights.get(i);
      pruned.add(weight.with(saliency.of(weight).pruned(zeros[i])));
    }
    return pruned;
  }
}
