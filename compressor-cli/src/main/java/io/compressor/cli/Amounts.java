package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.recipe.Limit;
import java.util.Optional;

/** Percentages, sizes and times as words of the command line. */
final class Amounts {
  private static final double LEAST_MEMORY = 256 << 20;

  private Amounts() {}

  /** {@code 0.5%} or {@code 0.005}; both are 0.005. */
  static double share(String text, String option) {
    Optional<Double> value =
        Limit.parse(text).filter(l -> l.unit() == Limit.Unit.FRACTION).map(Limit::value);
    if (value.isEmpty() && text.matches("\\d{0,9}\\.?\\d{1,15}")) {
      value = Optional.of(Double.parseDouble(text));
    }
    return value.orElseThrow(() -> bad(text, option, "a percentage such as 0.5% or a number"));
  }

  /** A share of the base, or an amount of the other unit. */
  static Limit limit(String text, String option, Limit.Unit unit) {
    return Limit.parse(text)
        .filter(l -> l.value() > 0)
        .filter(l -> l.unit() == unit || l.unit() == Limit.Unit.FRACTION)
        .orElseThrow(
            () ->
                bad(
                    text,
                    option,
                    unit == Limit.Unit.BYTES ? "25% or a size such as 20MB" : "60% or 5ms"));
  }

  /** A size of at least 256 MiB, below which no Java process does useful work here. */
  static long bytes(String text, String option) {
    return Limit.parse(text)
        .filter(l -> l.unit() == Limit.Unit.BYTES && l.value() >= LEAST_MEMORY)
        .map(l -> (long) l.value())
        .orElseThrow(() -> bad(text, option, "a size of at least 256MiB, such as 1GiB"));
  }

  private static CompressorException bad(String text, String option, String expected) {
    return new CompressorException(
        ErrorCode.USAGE, option, "found '" + text + "', expected " + expected, "");
  }
}
