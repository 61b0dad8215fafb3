package io.compressor.evaluate;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.Arrays;
import java.util.Locale;

/** Error of a model with one number per sample against the score (or label) of the sample. */
enum Deviation implements ScoredMetric.OfModel {
  /** Mean squared error. */
  MSE {
    @Override
    double of(double error) {
      return error * error;
    }
  },
  /** Mean absolute error. */
  MAE {
    @Override
    double of(double error) {
      return Math.abs(error);
    }
  };

  abstract double of(double error);

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public Direction direction() {
    return Direction.LOWER_IS_BETTER;
  }

  @Override
  public DropScale dropScale() {
    return DropScale.RELATIVE;
  }

  @Override
  public int columns() {
    return 1;
  }

  @Override
  public void score(ModelOutput output, int row, int sample, Truth truth, double[] into) {
    if (output.positions() * output.width() != 1) {
      throw new CompressorException(
          ErrorCode.MODEL,
          output.name(),
          "output has shape %s; %s needs one number per sample"
              .formatted(Arrays.toString(output.shape()), id()),
          "name another output, or use a metric against the base model such as sqnr");
    }
    into[0] = of(output.values()[row] - truth.target(id(), sample));
  }

  @Override
  public Statistic statistic(SampleTable table) {
    return Statistic.mean(table.column(0));
  }
}
