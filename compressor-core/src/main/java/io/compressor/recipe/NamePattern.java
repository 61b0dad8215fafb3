package io.compressor.recipe;

import io.compressor.error.CompressorException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Selects names by glob ({@code *} any run, {@code ?} any one character, the whole name must match)
 * or, after {@code re:}, by a regular expression found anywhere in the name.
 *
 * @param text as written
 */
public record NamePattern(String text, Optional<Pattern> regex) {

  /**
   * Reads a pattern.
   *
   * @throws CompressorException RECIPE when the regular expression is malformed
   */
  public static NamePattern of(String text) {
    return of(text, new Origin(Origin.Kind.SET, "name pattern '" + text + "'"));
  }

  static NamePattern of(String text, Origin origin) {
    if (!text.startsWith("re:")) {
      return new NamePattern(text, Optional.empty());
    }
    try {
      return new NamePattern(text, Optional.of(Pattern.compile(text.substring(3))));
    } catch (PatternSyntaxException e) {
      throw RecipeErrors.at(
          origin, "'" + text + "' is not a regular expression: " + e.getDescription(), "");
    }
  }

  public boolean matches(String name) {
    return regex.map(r -> r.matcher(name).find()).orElseGet(() -> glob(text, name));
  }

  /** Greedy with one point of return: linear in practice, never exponential. */
  private static boolean glob(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamePattern p && p.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
