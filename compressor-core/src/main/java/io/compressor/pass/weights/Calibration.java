package io.compressor.pass.weights;

import io.compressor.recipe.QuantizeOptions;
import io.compressor.solver.activation.ActivationRange;
import io.compressor.solver.activation.Entropy;
import io.compressor.solver.activation.Mse;
import io.compressor.solver.activation.Percentile;
import io.compressor.solver.activation.RangeCalibrator;
import io.compressor.solver.activation.Uint8Parameters;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.Histogram;
import io.compressor.statistics.Range;

/** Turns what was seen of a value into its uint8 grid. */
final class Calibration {
  private static final int LEVELS = 256;

  private Calibration() {}

  static Uint8Parameters parameters(
      QuantizeOptions.Calibration method, ActivationStatistics statistics, String value) {
    return Uint8Parameters.of(range(method, statistics, value), LEVELS);
  }

  private static ActivationRange range(
      QuantizeOptions.Calibration method, ActivationStatistics statistics, String value) {
    return switch (method) {
      case MINMAX -> {
        Range range = statistics.rangeOf(value);
        yield new ActivationRange(range.min(), range.max());
      }
      case PERCENTILE -> clipped(Percentile.DEFAULT, statistics, value);
      case ENTROPY -> clipped(Entropy.UINT8, statistics, value);
      case MSE -> clipped(Mse.UINT8, statistics, value);
    };
  }

  private static ActivationRange clipped(
      RangeCalibrator calibrator, ActivationStatistics statistics, String value) {
    Histogram h = statistics.histogramOf(value);
    return calibrator.range(h.min(), h.max(), h.counts());
  }
}
