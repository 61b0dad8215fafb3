package io.compressor.statistics;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Samples [from, to) that are run together. */
record Span(int from, int to, Part part) {
  /** What the samples are for. */
  enum Part {
    CALIBRATION,
    HOLDOUT
  }

  /**
   * Cuts a data set; no span has samples of both parts.
   *
   * @param fixed the only size that the model runs; samples left over are not used
   */
  static List<Span> cut(int samples, double holdout, int batch, OptionalInt fixed) {
    int step = fixed.orElse(batch);
    if (step < 1 || samples < (fixed.isPresent() ? step : 1)) {
      throw new CompressorException(
          ErrorCode.DATA,
          "data",
          "found " + samples + " samples, the model runs batches of " + step,
          "give at least one whole batch");
    }
    int kept = held(samples, holdout);
    List<Span> spans = new ArrayList<>();
    add(spans, 0, samples - kept, step, fixed.isPresent(), Part.CALIBRATION);
    add(spans, samples - kept, samples, step, fixed.isPresent(), Part.HOLDOUT);
    if (spans.stream().noneMatch(s -> s.part() == Part.CALIBRATION)) {
      return cut(samples, 0, batch, fixed);
    }
    return List.copyOf(spans);
  }

  /** At least one sample when there are two, never all. */
  private static int held(int samples, double fraction) {
    return fraction == 0 || samples < 2
        ? 0
        : Math.min(samples - 1, Math.max(1, (int) Math.floor(samples * fraction)));
  }

  private static void add(List<Span> spans, int from, int to, int step, boolean whole, Part part) {
    for (int at = from; at < to; at += step) {
      int end = Math.min(to, at + step);
      if (!whole || end - at == step) {
        spans.add(new Span(at, end, part));
      }
    }
  }
}
