package io.compressor.pass;

import java.util.List;

/**
 * What a pass tried on its way.
 *
 * @param evaluations candidates that were scored
 * @param points one a candidate
 * @param front what each size costs, with the recipe that makes it; empty where no front is known
 */
public record SearchTrace(long evaluations, List<Point> points, List<FrontPoint> front) {
  public SearchTrace {
    points = List.copyOf(points);
    front = List.copyOf(front);
  }

  /** Without a front. */
  public SearchTrace(long evaluations, List<Point> points) {
    this(evaluations, points, List.of());
  }

  /**
   * One candidate.
   *
   * @param bytes of its file
   * @param drop of the search metric on held-out samples
   */
  public record Point(long bytes, double drop) {}

  /**
   * One point of a front.
   *
   * @param bytes of its file
   * @param millis sum of what was measured for single weights; 0 where nothing was
   * @param predicted loss, summed over weights
   * @param loss of the model as written
   * @param recipe that makes it, as YAML
   */
  public record FrontPoint(
      long bytes, double millis, double predicted, double loss, String recipe) {}
}
