package io.compressor.report;

import java.util.List;

/**
 * What every weight of a model would cost and lose in every form, as one document; {@code
 * analysis.json} is exactly this.
 *
 * @param schema version of this document's form
 * @param model path of the file
 * @param loss what errors are: a distance of the outputs from the original's
 * @param samples that errors were measured on
 * @param curves one a weight, in the order of the graph
 * @param trials random configurations, to compare what adding up predicts with what happens
 * @param spearman rank correlation of predicted and realised loss over the trials; NaN without any
 * @param spearmanSingles the same when layers are thought not to see each other
 */
public record OptionCurves(
    int schema,
    String model,
    String loss,
    int samples,
    List<Curve> curves,
    List<Trial> trials,
    double spearman,
    double spearmanSingles,
    List<String> notes) {
  /** The version that this build writes. */
  public static final int SCHEMA = 1;

  public OptionCurves {
    curves = List.copyOf(curves);
    trials = List.copyOf(trials);
    notes = List.copyOf(notes);
  }

  /**
   * One weight.
   *
   * @param bytes as it is stored now
   * @param millis of one run as it is; 0 where it was not timed
   */
  public record Curve(
      String name, String op, long parameters, long bytes, double millis, List<Point> points) {
    public Curve {
      points = List.copyOf(points);
    }
  }

  /**
   * One form of a weight.
   *
   * @param error loss with this weight alone in this form
   * @param augmented error with half its terms with all other weights at the same width
   * @param millis of one run; 0 where it was not timed
   */
  public record Point(
      int bits,
      String choice,
      String encoding,
      String kernel,
      double error,
      double augmented,
      long bytes,
      double millis) {}

  /**
   * One random configuration.
   *
   * @param bits of each weight, in the order of the curves; 16 = left in float
   * @param singles sum of the errors
   * @param predicted with terms between weights
   * @param realised measured
   */
  public record Trial(List<Integer> bits, double singles, double predicted, double realised) {
    public Trial {
      bits = List.copyOf(bits);
    }
  }
}
