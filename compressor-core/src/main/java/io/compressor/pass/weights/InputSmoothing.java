package io.compressor.pass.weights;

import io.compressor.engine.Engine;
import io.compressor.graph.Site;
import io.compressor.solver.Hessian;
import io.compressor.solver.OutputError;
import io.compressor.solver.activation.InputChannels;
import io.compressor.solver.activation.SmoothScales;
import io.compressor.solver.activation.Smoothing;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.ChannelRanges;
import io.compressor.statistics.Moments;
import java.util.List;
import java.util.Optional;

/**
 * One vector s for all sites that read the same value, so that they share one division and one
 * dynamic quantization. SmoothQuant folds s into the layer before; here the division is a node of
 * its own, because a residual reads the same value, so it is spent only where it buys something.
 */
record InputSmoothing(double alpha, ActivationStatistics statistics) {
  /**
   * Predicted activation noise, as a share of the output's mean square, below which a division is
   * not worth its time. On a 6-layer sentence encoder it leaves out 7 of 24 divisions; the cosine
   * goes from .9967 to .9961 and the whole model gets 1.3 % faster.
   */
  private static final double WORTHWHILE = 5e-4;

  /**
   * @return s [in], &gt; 0; empty where nothing was observed, or where little is to be gained
   */
  Optional<float[]> of(String input, List<Site> sites) {
    ChannelRanges ranges = statistics.channels().get(input);
    Moments moments = statistics.moments().get(input);
    if (ranges == null || moments == null || moments.rows() == 0) {
      return Optional.empty();
    }
    Hessian h = moments.hessian();
    InputChannels x = new InputChannels(ranges.min(), ranges.max(), ranges.mean(), h.diagonal());
    List<float[]> weights = sites.stream().map(SiteTask::finiteWeight).toList();
    Smoothing found = SmoothScales.at(weights, x, alpha);
    OutputError output = OutputError.of(h, Engine.direct());
    double signal = weights.stream().mapToDouble(output::signal).sum();
    return found.before().activation() > WORTHWHILE * signal
        ? Optional.of(floats(found.scale()))
        : Optional.empty();
  }

  private static float[] floats(double[] values) {
    float[] copy = new float[values.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (float) values[i];
    }
    return copy;
  }
}
