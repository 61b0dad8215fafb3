package io.compressor.pass.precision;

import io.compressor.graph.SiteKind;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.solver.mixed.LayerOrder;
import io.compressor.solver.mixed.PairModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which levels are worth choosing, and in which order sites go there. */
record Useful(Choices choices, PrecisionOptions options) {
  /** Less is the noise of a stop-watch. */
  private static final double SAVES = 0.03;

  /** [site][level]; level 0 always. */
  boolean[][] levels() {
    boolean[][] useful = new boolean[choices.sites().size()][choices.levels()];
    for (int i = 0; i < useful.length; i++) {
      useful[i][0] = true;
      for (int l = 1; l < choices.levels(); l++) {
        useful[i][l] = choices.may(i, l) && saves(i, l);
      }
      for (int l = choices.levels() - 2; l > 0; l--) {
        useful[i][l] |= useful[i][l + 1] && choices.may(i, l); // sites go down level by level
      }
    }
    return useful;
  }

  private boolean saves(int site, int level) {
    double saved = choices.saved(site, level, options.objective());
    if (options.objective() == PrecisionOptions.Objective.SIZE) {
      return saved > 0;
    }
    // a float convolution between integer ones costs conversions that its own time does not show
    boolean inChain = level == 1 && choices.sites().get(site).kind() == SiteKind.CONV;
    return inChain || saved > SAVES * choices.millis()[site][level - 1];
  }

  /** For each level from 1 on, the sites that may go there, least sensitive first. */
  List<int[]> orders(PairModel model, boolean[][] useful, long seed) {
    List<int[]> orders = new ArrayList<>();
    int n = useful.length;
    for (int l = 1; l < choices.levels(); l++) {
      int level = l;
      double[] keys = new double[n];
      double[] saved = new double[n];
      for (int i = 0; i < n; i++) {
        keys[i] = model.augmented(i, l, 1, false);
        saved[i] = choices.saved(i, l, options.objective());
      }
      int[] all =
          switch (options.order()) {
            case RANDOM -> LayerOrder.random(n, seed + l);
            case LAST_LAYERS -> LayerOrder.lastLayersHigh(n);
            case AUGMENTED, HESSIAN, LOSS -> LayerOrder.perSaving(keys, saved);
          };
      orders.add(Arrays.stream(all).filter(i -> useful[i][level]).toArray());
    }
    return orders;
  }
}
