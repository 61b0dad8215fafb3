package io.compressor.runtime;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one ONNX Runtime release does with one form of weights.
 *
 * @param error largest relative error seen with default session options; NaN when refused
 * @param kernels operators left after optimisation, where that was recorded
 */
public record KernelOutcome(Verdict verdict, double error, List<String> kernels) {
  /** Int8 activations cost 0.4 to 1.2 %; a broken kernel is off by its whole output. */
  private static final double TOLERABLE = 0.02;

  private static final double FLOAT_NOISE = 1e-4;
  private static final Pattern NUMBER =
      Pattern.compile("(?<![\\w.])(-?\\d+(?:\\.\\d+)?(?:e[-+]?\\d+)?|nan|inf)(?![\\w.])");
  private static final Pattern KERNEL = Pattern.compile("\\b([A-Z]\\w+)\\b");

  public KernelOutcome {
    kernels = List.copyOf(kernels);
  }

  /** How well it works. */
  public enum Verdict {
    /** The session does not open or does not run. */
    REFUSED,
    /** Runs and returns nonsense. */
    WRONG,
    /** Float arithmetic. */
    EXACT,
    /** Int8 activations. */
    INT8;

    public boolean isCorrect() {
      return this == EXACT || this == INT8;
    }
  }

  static KernelOutcome parse(String cell) {
    if (cell.equals("refused")) {
      return new KernelOutcome(Verdict.REFUSED, Double.NaN, List.of());
    }
    double error = error(cell);
    Verdict verdict =
        error <= FLOAT_NOISE ? Verdict.EXACT : error <= TOLERABLE ? Verdict.INT8 : Verdict.WRONG;
    Stream<String> kernels = KERNEL.matcher(cell).results().map(m -> m.group(1));
    return new KernelOutcome(verdict, error, kernels.distinct().toList());
  }

  /** The largest error with default options: what follows | or a nested list is something else. */
  private static double error(String cell) {
    String numbers = cell.replaceFirst("(\\||, ?\\[).*", "");
    double worst = 0;
    for (Matcher m = NUMBER.matcher(numbers); m.find(); ) {
      String number = m.group(1);
      boolean broken = number.equals("nan") || number.equals("inf");
      worst = Math.max(worst, broken ? Double.POSITIVE_INFINITY : Double.parseDouble(number));
    }
    return worst;
  }
}
