package io.compressor.report;

/**
 * Text made safe for HTML and XML. Names of nodes come from files of strangers: besides the five
 * characters of markup, what XML cannot hold (control characters, half surrogates) and what turns
 * the reading direction round is shown as U+FFFD.
 */
final class Markup {
  private static final char REPLACEMENT = '\uFFFD';

  private Markup() {}

  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.appendCodePoint(isHarmless(c) ? c : REPLACEMENT);
      }
    }
    return out.toString();
  }

  /** The same replacements without escaping, on one line: for Markdown. */
  static String plain(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c == '\n' || c == '\r' || c == '\t' ? ' ' : isHarmless(c) ? c : REPLACEMENT)
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static boolean isHarmless(int c) {
    if (c == '\n' || c == '\t') {
      return true;
    }
    boolean control = Character.isISOControl(c);
    boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    boolean turning = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return !control && !surrogate && !turning && (c & 0xFFFE) != 0xFFFE;
  }
}
