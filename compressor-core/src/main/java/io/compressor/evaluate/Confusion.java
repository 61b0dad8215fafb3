package io.compressor.evaluate;

import java.util.Locale;

/**
 * Scores of a classifier that depend on the whole confusion matrix: columns are label and predicted
 * class.
 */
enum Confusion implements ScoredMetric.OfModel {
  /**
   * Harmonic mean of precision and recall: of class 1 when there are two classes, else the plain
   * mean over all classes that occur as label or prediction (macro, 0 where undefined).
   */
  F1 {
    @Override
    double value(long[] hit, long[] labelled, long[] predicted, long n) {
      if (hit.length == 2) {
        return f1(hit[1], labelled[1], predicted[1]);
      }
      double sum = 0;
      int classes = 0;
      for (int c = 0; c < hit.length; c++) {
        if (labelled[c] + predicted[c] > 0) {
          sum += f1(hit[c], labelled[c], predicted[c]);
          classes++;
        }
      }
      return sum / classes;
    }

    private static double f1(long hit, long labelled, long predicted) {
      return labelled + predicted == 0 ? 0 : 2.0 * hit / (labelled + predicted);
    }
  },

  /**
   * Matthews' correlation, for any number of classes (Gorodkin's R_K); 0 when all labels or all
   * predictions are one class.
   */
  MCC {
    @Override
    double value(long[] hit, long[] labelled, long[] predicted, long n) {
      double trace = 0;
      double cross = 0;
      double ll = 0;
      double pp = 0;
      for (int c = 0; c < hit.length; c++) {
        trace += hit[c];
        cross += (double) labelled[c] * predicted[c];
        ll += (double) labelled[c] * labelled[c];
        pp += (double) predicted[c] * predicted[c];
      }
      double square = (double) n * n;
      double below = Math.sqrt((square - ll) * (square - pp));
      return below == 0 ? 0 : (trace * n - cross) / below;
    }
  };

  abstract double value(long[] hit, long[] labelled, long[] predicted, long n);

  @Override
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public Direction direction() {
    return Direction.HIGHER_IS_BETTER;
  }

  @Override
  public DropScale dropScale() {
    return DropScale.ABSOLUTE;
  }

  @Override
  public int columns() {
    return 3;
  }

  @Override
  public void score(ModelOutput output, int row, int sample, Truth truth, double[] into) {
    int predicted = output.argmax(output.logits(id(), row));
    into[0] = truth.label(id(), sample, output.width());
    into[1] = predicted < 0 ? Double.NaN : predicted;
    into[2] = output.width();
  }

  @Override
  public Statistic statistic(SampleTable table) {
    double[] label = table.column(0);
    double[] predicted = table.column(1);
    int classes = (int) table.column(2)[0];
    return counts -> {
      long[] hit = new long[classes];
      long[] labelled = new long[classes];
      long[] said = new long[classes];
      long n = 0;
      for (int i = 0; i < label.length; i++) {
        int l = (int) label[i];
        int p = (int) predicted[i];
        labelled[l] += counts[i];
        said[p] += counts[i];
        hit[l] += l == p ? counts[i] : 0;
        n += counts[i];
      }
      return value(hit, labelled, said, n);
    };
  }
}
