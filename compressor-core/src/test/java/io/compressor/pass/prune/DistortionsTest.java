package io.compressor.pass.prune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.graph.Graphs;
import io.compressor.ir.Model;
import io.compressor.recipe.PruneOptions;
import io.compressor.recipe.PruneOptions.Distortion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The properties that the method stands on, on a network that was trained. */
class DistortionsTest {
  private static final Model NET = Nets.trained();

  private static double sum(List<DistortionCurve> curves, int[] zeros) {
    double sum = 0;
    for (int i = 0; i < zeros.length; i++) {
      sum += curves.get(i).at(zeros[i]);
    }
    return sum;
  }

  @Test
  void distortionsOfLayersAddUp() {
    List<PrunedWeight> weights = Nets.weights(NET);
    Distortions distortions = Nets.distortions(Distortion.MEAN);
    List<DistortionCurve> curves = distortions.curves(NET, weights, Saliency::magnitude);
    Trials trials = Trials.run(100, NET, weights, curves, Saliency::magnitude, distortions, 3);
    assertTrue(trials.spearman() > 0.9, trials.words());
    assertTrue(trials.ratio() > 0.5 && trials.ratio() < 2, trials.words());
  }

  @Test
  void curvesBeginAtNothingAndRise() {
    for (Distortion kind : Distortion.values()) {
      for (DistortionCurve curve :
          Nets.distortions(kind).curves(NET, Nets.weights(NET), Saliency::magnitude)) {
        assertEquals(0, curve.at(curve.zeros()[0]));
        for (int z = 1; z <= curve.size(); z++) {
          assertTrue(curve.at(z) >= curve.at(z - 1), curve.name() + " at " + z);
        }
        assertTrue(curve.at(curve.size()) > 0.01, curve.name());
      }
    }
  }

  /** Oracle: the whole model, run with the layer's weights as constants. */
  @Test
  void aTailMeasuresWhatTheWholeModelDoes() {
    List<PrunedWeight> weights = Nets.weights(NET);
    Distortions distortions = Nets.distortions(Distortion.MEAN);
    List<DistortionCurve> curves = distortions.curves(NET, weights, Saliency::magnitude);
    for (int i = 0; i < weights.size(); i++) {
      int zeros = curves.get(i).zeros()[5];
      PrunedWeight pruned = weights.get(i).with(Saliency.magnitude(weights.get(i)).pruned(zeros));
      double whole = distortions.between(NET, Distortions.with(NET, List.of(pruned)));
      assertEquals(whole, curves.get(i).errors()[5], 1e-4 * whole);
    }
  }

  @Test
  void curvesShareOutBetterThanRulesAndNeverMoreThanTheTotal() {
    List<PrunedWeight> weights = Nets.weights(NET);
    List<DistortionCurve> curves =
        Nets.distortions(Distortion.MEAN).curves(NET, weights, Saliency::magnitude);
    long all = weights.stream().mapToLong(PrunedWeight::size).sum();
    double last = 0;
    for (double sparsity : new double[] {0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1}) {
      long keep = (long) ((1 - sparsity) * all);
      int[] best = Allotment.byCurves(curves, keep);
      long zeros = 0;
      for (int z : best) {
        zeros += z;
      }
      assertTrue(all - zeros <= keep, "sparsity " + sparsity);
      assertTrue(all - zeros >= keep - all / 50, "sparsity " + sparsity + ": " + zeros);
      double cost = sum(curves, best);
      assertTrue(cost >= last, "more sparsity, less distortion");
      last = cost;
      for (PruneOptions.Allocation rule : PruneOptions.Allocation.values()) {
        if (rule != PruneOptions.Allocation.DP) {
          int[] other = Allotment.byRule(rule, weights, keep);
          // choices lie on a grid, so that a rule may keep a few weights more
          assertTrue(cost <= 1.1 * sum(curves, other) + 1e-9, rule + " at " + sparsity);
        }
      }
    }
  }

  @Test
  void lookingAgainInCompanyIsNeverWorse() {
    List<PrunedWeight> weights = Nets.weights(NET);
    for (Distortion kind : List.of(Distortion.MEAN, Distortion.ANGLE)) {
      Distortions distortions = Nets.distortions(kind);
      List<DistortionCurve> curves = distortions.curves(NET, weights, Saliency::magnitude);
      long all = weights.stream().mapToLong(PrunedWeight::size).sum();
      for (double sparsity : new double[] {0.6, 0.85}) {
        long keep = (long) ((1 - sparsity) * all);
        int[] first = Allotment.byCurves(curves, keep);
        int[] better =
            new Refinement(NET, weights, Saliency::magnitude, distortions).refine(first, keep, 3);
        long zeros = 0;
        for (int z : better) {
          zeros += z;
        }
        assertTrue(all - zeros <= keep);
        try (Distortions.Joint joint = distortions.new Joint(NET, weights)) {
          double before = joint.of(pruned(weights, first));
          double after = joint.of(pruned(weights, better));
          assertTrue(after <= before, after + " of " + before);
        }
      }
    }
  }

  private static List<PrunedWeight> pruned(List<PrunedWeight> weights, int[] zeros) {
    List<PrunedWeight> pruned = new ArrayList<>();
    for (int i = 0; i < zeros.length; i++) {
      pruned.add(weights.get(i).with(Saliency.magnitude(weights.get(i)).pruned(zeros[i])));
    }
    return pruned;
  }

  @Test
  void theAngleForgivesScaleAndTheSquareDoesNot() {
    Model doubled =
        Distortions.with(
            NET,
            Nets.weights(NET).stream()
                .map(
                    w -> {
                      float[] twice = w.values().clone();
                      for (int i = 0; i < twice.length; i++) {
                        twice[i] *= 2;
                      }
                      return w.with(twice);
                    })
                .toList());
    assertEquals(0, Nets.distortions(Distortion.ANGLE).between(NET, doubled), 1e-6);
    assertEquals(225, Nets.distortions(Distortion.MEAN).between(NET, doubled), 1e-2);
  }

  @Test
  void aLayerThatMakesNoDifferenceIsPrunedWhole() {
    Model model =
        Graphs.graph()
            .input("x", -1, 16)
            .weight("busy", 16, 16)
            .weight("idle", 16, 16)
            .floats("nothing", 0)
            .node("MatMul", "a", List.of("x", "busy"))
            .node("MatMul", "b", List.of("x", "idle"))
            .node("Mul", "c", List.of("b", "nothing"))
            .node("Add", "y", List.of("a", "c"))
            .output("y", -1, 16)
            .model();
    List<PrunedWeight> weights = Nets.weights(model);
    List<DistortionCurve> curves =
        Nets.distortions(Distortion.MEAN).curves(model, weights, Saliency::magnitude);
    int[] zeros = Allotment.byCurves(curves, 400);
    assertEquals(256, zeros[1]);
    assertTrue(zeros[0] <= 3, "of the other layer " + zeros[0]);
  }

  @Test
  void equalLayersShareEvenly() {
    List<DistortionCurve> curves = new ArrayList<>();
    int[] levels = DistortionCurve.levels(1000, 0);
    double[] errors = new double[levels.length];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = Math.pow(levels[i] / 1000.0, 3);
    }
    for (int c = 0; c < 5; c++) {
      curves.add(DistortionCurve.of("c" + c, 1000, 0, levels, errors));
    }
    for (int zeros : Allotment.byCurves(curves, 1500)) {
      assertEquals(700, zeros, 40);
    }
  }

  @Test
  void roundsNestMasks() {
    List<PrunedWeight> weights = Nets.weights(NET);
    Distortions distortions = Nets.distortions(Distortion.MEAN);
    long all = weights.stream().mapToLong(PrunedWeight::size).sum();
    for (double sparsity : new double[] {0.5, 0.75, 0.9}) {
      Model now = Distortions.with(NET, weights);
      List<DistortionCurve> curves = distortions.curves(now, weights, Saliency::magnitude);
      int[] zeros = Allotment.byCurves(curves, (long) ((1 - sparsity) * all));
      List<PrunedWeight> pruned = new ArrayList<>();
      for (int i = 0; i < zeros.length; i++) {
        PrunedWeight before = weights.get(i);
        PrunedWeight after = before.with(Saliency.magnitude(before).pruned(zeros[i]));
        boolean[] kept = before.kept();
        boolean[] still = after.kept();
        for (int k = 0; k < kept.length; k++) {
          assertTrue(kept[k] || !still[k], "a weight came back");
        }
        pruned.add(after);
      }
      weights = pruned;
    }
  }
}
