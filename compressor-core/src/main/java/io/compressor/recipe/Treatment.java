package io.compressor.recipe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What becomes of one weight, whatever the methods: {@code float}, {@code 4-bit}, {@code 4-bit 50%
 * zero}, {@code rank 96 8-bit}.
 *
 * @param bits of what is stored, {@link PrecisionOptions#FLOAT} = as it is
 * @param zeros share of the weights that are 0 and take a bit each; 0 = none are made so
 * @param rank of the two factors that it becomes; 0 = it stays one
 */
public record Treatment(int bits, double zeros, int rank) {
  /** Nothing. */
  public static final Treatment NONE = new Treatment(PrecisionOptions.FLOAT, 0, 0);

  private static final String FLOAT = "float";

  private static final Pattern TEXT =
      Pattern.compile(
          "(?:rank ([1-9][0-9]{0,6}) )?(?:(float)|([2-8])-bit)(?: ([0-9]{1,2}(?:\\.[0-9]{1,3})?)%"
              + " zero)?");

  public Treatment {
    boolean coded = bits >= 2 && bits <= 8;
    if (!(coded || bits == PrecisionOptions.FLOAT)
        || !(zeros >= 0 && zeros < 1)
        || rank < 0
        || (zeros > 0 && (!coded || rank > 0))) {
      throw new IllegalArgumentException(
          "no treatment has %d bits, %s zeros and rank %d".formatted(bits, zeros, rank));
    }
  }

  /** Whether the weight stays what it is. */
  public boolean isNone() {
    return equals(NONE);
  }

  /** Whether numbers stay floats. */
  public boolean isFloat() {
    return bits == PrecisionOptions.FLOAT;
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @return empty when it is something else
   */
  public static Optional<Treatment> parse(String text) {
    Matcher m = TEXT.matcher(text.strip());
    if (!m.matches()) {
      return Optional.empty();
    }
    int rank = m.group(1) == null ? 0 : Integer.parseInt(m.group(1));
    int bits = m.group(2) == null ? Integer.parseInt(m.group(3)) : PrecisionOptions.FLOAT;
    double zeros = m.group(4) == null ? 0 : Limit.shift(m.group(4));
    return zeros > 0 && (rank > 0 || m.group(2) != null)
        ? Optional.empty()
        : Optional.of(new Treatment(bits, zeros, rank));
  }

  @Override
  public String toString() {
    List<String> words = new ArrayList<>();
    if (rank > 0) {
      words.add("rank " + rank);
    }
    words.add(isFloat() ? FLOAT : String.format(Locale.ROOT, "%d-bit", bits));
    if (zeros > 0) {
      words.add(Limit.plain(Math.rint(zeros * 1e5) / 1e3) + "% zero");
    }
    return String.join(" ", words);
  }
}
