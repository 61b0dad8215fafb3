package io.compressor.pass;

import java.util.List;

/**
 * What a pass tried on its way.
 *
 * @param evaluations candidates that were scored
 * @param points one a candidate
 */
public record SearchTrace(long evaluations, List<Point> points) {
  public SearchTrace {
    points = List.copyOf(points);
  }

  /**
   * One candidate.
   *
   * @param bytes of its file
   * @param drop of the search metric on held-out samples
   */
  public record Point(long bytes, double drop) {}
}
