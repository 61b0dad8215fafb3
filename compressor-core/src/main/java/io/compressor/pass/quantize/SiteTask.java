package io.compressor.pass.quantize;

import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.GridRequest;
import io.compressor.graph.Site;
import io.compressor.statistics.Moments;
import java.util.Optional;

/**
 * One site on its way through the pass.
 *
 * @param choice how it will be written
 * @param smoothing s [in] that the input is divided by and the weight multiplied with
 * @param moments of the inputs on calibration rows, unsmoothed, when collected
 * @param holdout the same on rows that the solver does not see
 */
record SiteTask(
    Site site,
    EncodingChoice choice,
    Optional<float[]> smoothing,
    Optional<Moments> moments,
    Optional<Moments> holdout) {

  /** What the written form can hold. */
  GridRequest grid() {
    return choice.grid();
  }

  /** W·diag(s) [out × in]: what is quantized. */
  float[] weight() {
    float[] w = site.weightMatrix().clone();
    smoothing.ifPresent(
        s -> {
          for (int i = 0; i < w.length; i++) {
            w[i] *= s[i % s.length];
          }
        });
    return w;
  }
}
