package io.compressor.formats.data;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One record of a text file.
 *
 * @param second the other text of a pair
 * @param where file and line
 */
record TextRow(
    String text,
    Optional<String> second,
    Optional<String> label,
    OptionalDouble score,
    String where) {
  /** Takes records until it has enough. */
  interface Sink {
    /** What to do after a record. */
    Next accept(TextRow row);
  }

  /** Whether a sink wants more. */
  enum Next {
    MORE,
    ENOUGH
  }
}
