package io.compressor.pipeline;

import io.compressor.error.CompressorException;
import io.compressor.report.OptionCurves;
import java.io.UncheckedIOException;

/**
 * The facade: one request in, one compressed model and one report out. Thread-safe and re-entrant;
 * no global state, no exit.
 */
public final class Compressor {
  private Compressor() {}

  /**
   * Reads, compresses, writes, evaluates what was written, judges and reports.
   *
   * <p>A gate that is not met is no error: the model is written, marked in its metadata, and {@code
   * result.gate().passed()} is false.
   *
   * @throws CompressorException on anything wrong with the request, the model, the recipe or the
   *     data, and when cancelled; nothing is left half-written then
   */
  public static CompressionResult compress(CompressionRequest request) {
    try (CompressionRun run = new CompressionRun(request)) {
      return run.run();
    } catch (UncheckedIOException e) {
      throw new CompressorException(
          io.compressor.error.ErrorCode.IO,
          request.input().toString(),
          String.valueOf(e.getMessage()),
          "the file changed or became unreadable while it was used",
          e);
    }
  }

  /**
   * What {@link #compress} would do to each weight and why not to others. Reads the header of the
   * model and times kernels that were never timed here; writes nothing but those times.
   *
   * @throws CompressorException as {@link #compress}, for model, recipe and data
   */
  public static CompressionPlan plan(CompressionRequest request) {
    return PlanRun.of(request);
  }

  /**
   * What every weight would lose, take and cost in every width that the recipe's first {@code
   * precision} step names, on the request's calibration data. Writes nothing but measured times.
   *
   * @param configurations random ones to compare predicted with realised loss on; may be 0
   * @throws CompressorException as {@link #compress}; USAGE without data or without such a step
   */
  public static OptionCurves analyze(CompressionRequest request, int configurations) {
    return AnalysisRun.of(request, configurations);
  }
}
