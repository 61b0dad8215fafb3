package io.compressor.pass.prune;

import io.compressor.ir.Model;
import io.compressor.solver.mixed.RankCorrelation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Whether distortions of layers add up: random configurations of all layers at once, the sum of the
 * curves against what is measured (Xu et al., arXiv 2308.10438, section 3.2 and figure 2).
 *
 * @param predicted sum of the layers' own distortions, of each configuration
 * @param measured distortion of all together
 */
record Trials(double[] predicted, double[] measured) {
  private static final double LEAST = 0.2;
  private static final double MOST = 0.95;

  static Trials run(
      int count,
      Model model,
      List<PrunedWeight> weights,
      List<DistortionCurve> curves,
      Saliency.Factory factory,
      Distortions distortions,
      long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] predicted = new double[count];
    double[] measured = new double[count];
    List<Saliency> saliencies = weights.stream().map(factory::of).toList();
    try (Distortions.Joint joint =
        distortions.new Joint(Distortions.with(model, weights), weights)) {
      for (int t = 0; t < count; t++) {
        double most = LEAST + (MOST - LEAST) * random.nextDouble();
        List<PrunedWeight> some = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
          int size = weights.get(i).size();
          int zeros = Math.max(curves.get(i).zeros()[0], (int) (random.nextDouble() * most * size));
          predicted[t] += curves.get(i).at(zeros);
          some.add(weights.get(i).with(saliencies.get(i).pruned(zeros)));
        }
        measured[t] = joint.of(some);
      }
    }
    return new Trials(predicted, measured);
  }

  /** Of the ranks; 1 = the sum orders configurations exactly. */
  double spearman() {
    return predicted.length < 2 ? 1 : RankCorrelation.spearman(predicted, measured);
  }

  /** Median of measured over predicted. */
  double ratio() {
    double[] ratios = new double[predicted.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = predicted[i] == 0 ? 1 : measured[i] / predicted[i];
    }
    Arrays.sort(ratios);
    return ratios.length == 0 ? 1 : ratios[ratios.length / 2];
  }

  String words() {
    return "prune, additivity: over %d random configurations the rank correlation of predicted and"
        .concat(" measured distortion is %.3f, the median of measured over predicted %.2f")
        .formatted(predicted.length, spearman(), ratio());
  }
}
