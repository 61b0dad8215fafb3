package io.compressor.solver;

import java.util.Optional;

/**
 * Too few calibration rows for a trustworthy Hessian: below 2 × inputs GPTQ was measured to do
 * worse than rounding to nearest on fresh data.
 *
 * @param rows calibration rows seen
 * @param inputs size of the Hessian
 */
public record CalibrationWarning(long rows, int inputs) {
  private static final String ROWS = " calibration rows for ";

  /** A warning if rows &lt; 2 × inputs. */
  public static Optional<CalibrationWarning> check(long rows, int inputs) {
    return rows < 2L * inputs
        ? Optional.of(new CalibrationWarning(rows, inputs))
        : Optional.empty();
  }

  /** Whether a line is such a warning's. */
  public static boolean wrote(String line) {
    return line.contains(ROWS);
  }

  public String message() {
    return "%d%s%d inputs; at least %d are advised".formatted(rows, ROWS, inputs, 2L * inputs);
  }
}
