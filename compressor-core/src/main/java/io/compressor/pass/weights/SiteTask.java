package io.compressor.pass.weights;

import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.GridRequest;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.Site;
import io.compressor.solver.GptqFactor;
import io.compressor.statistics.Moments;
import java.util.Optional;

/**
 * One site on its way through the pass.
 *
 * @param choice how it will be written
 * @param smoothing s [in] that the input is divided by and the weight multiplied with
 * @param moments of the inputs on calibration rows, unsmoothed, when collected
 * @param holdout the same on rows that the solver does not see
 * @param factor of {@code moments} after smoothing, when sites that share them had it made before
 */
public record SiteTask(
    Site site,
    EncodingChoice choice,
    Optional<float[]> smoothing,
    Optional<Moments> moments,
    Optional<Moments> holdout,
    Optional<GptqFactor> factor) {
  public SiteTask(
      Site site,
      EncodingChoice choice,
      Optional<float[]> smoothing,
      Optional<Moments> moments,
      Optional<Moments> holdout) {
    this(site, choice, smoothing, moments, holdout, Optional.empty());
  }

  /** The same for another weight that reads the same input, such as the first of two factors. */
  public SiteTask reading(Site other, EncodingChoice form) {
    return new SiteTask(other, form, smoothing, moments, holdout, factor);
  }

  SiteTask withFactor(GptqFactor shared) {
    return new SiteTask(site, choice, smoothing, moments, holdout, Optional.of(shared));
  }

  /** Moments that a solver can use: one group, and rows behind them. */
  public Optional<Moments> dense() {
    return moments.filter(m -> m.groups() == 1 && m.rows() > 0);
  }

  /** What the written form can hold. */
  public GridRequest grid() {
    return choice.grid();
  }

  /**
   * W·diag(s) [out × in]: what is quantized.
   *
   * @throws CompressorException MODEL when the stored weight holds NaN or infinity: one of them
   *     would take the scale of its whole group with it
   */
  public float[] weight() {
    float[] w = finiteWeight(site);
    smoothing.ifPresent(
        s -> {
          for (int i = 0; i < w.length; i++) {
            w[i] *= s[i % s.length];
          }
        });
    return w;
  }

  /**
   * W [out × in] as it is stored.
   *
   * @throws CompressorException MODEL as {@link #weight}
   */
  public static float[] finiteWeight(Site site) {
    float[] w = site.weightMatrix();
    for (int i = 0; i < w.length; i++) {
      if (!Float.isFinite(w[i])) {
        throw new CompressorException(
            ErrorCode.MODEL,
            site.name(),
            "the weight of output %d and input %d is %s, expected finite numbers"
                .formatted(i / site.in(), i % site.in(), w[i]),
            "repair the model, or leave this weight out with match");
      }
    }
    return w;
  }
}
