package io.compressor.recipe;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The wording of recipe errors: place, found, expected, and what to write instead. */
final class RecipeErrors {
  private RecipeErrors() {}

  static CompressorException at(Origin origin, String message, String hint) {
    ErrorCode code = origin.kind() == Origin.Kind.OPTION ? ErrorCode.USAGE : ErrorCode.RECIPE;
    return new CompressorException(code, origin.text(), message, hint);
  }

  static CompressorException unknown(
      Origin origin, String what, String name, String place, Collection<String> known) {
    String listed = "known: " + String.join(", ", known);
    String hint =
        nearest(name, known).map(n -> "did you mean '" + n + "'? " + listed).orElse(listed);
    return at(origin, "unknown %s '%s' in %s".formatted(what, name, place), hint);
  }

  /** The known name closest to {@code name}, if it is close enough to be a slip. */
  static Optional<String> nearest(String name, Collection<String> known) {
    int limit = Math.max(1, name.length() / 3);
    return known.stream()
        .filter(k -> distance(name, k) <= limit || (k.startsWith(name) && name.length() > 1))
        .min(Comparator.comparingInt((String k) -> distance(name, k)));
  }

  /** Edit distance; a swap of neighbours counts two. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
