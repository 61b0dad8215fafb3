package io.compressor.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes HTML (and the SVG in it) in which everything but tag and attribute names is escaped: there
 * is no way to put a string in unescaped.
 */
final class Html {
  private final StringBuilder out = new StringBuilder(1 << 16);
  private final Deque<String> open = new ArrayDeque<>();

  Html() {
    out.append("<!DOCTYPE html>\n");
  }

  /**
   * @param attributes name, value, name, value …
   */
  Html open(String tag, String... attributes) {
    start(tag, attributes);
    open.push(tag);
    return this;
  }

  Html close() {
    out.append("</").append(open.pop()).append(">\n");
    return this;
  }

  Html text(String text) {
    out.append(Markup.escape(text));
    return this;
  }

  /** A tag around a text. */
  Html leaf(String tag, String text, String... attributes) {
    start(tag, attributes);
    out.append(Markup.escape(text)).append("</").append(tag).append('>');
    return this;
  }

  /** A tag without content and end, such as {@code meta}. */
  Html empty(String tag, String... attributes) {
    start(tag, attributes);
    return this;
  }

  /** The style sheet, which is part of the program. */
  Html style(String css) {
    if (css.contains("</")) {
      throw new IllegalArgumentException("a style sheet cannot hold an end tag");
    }
    out.append("<style>\n").append(css).append("</style>\n");
    return this;
  }

  String end() {
    while (!open.isEmpty()) {
      close();
    }
    return out.toString();
  }

  private void start(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]);
      out.append("=\"").append(Markup.escape(attributes[i + 1])).append('"');
    }
    out.append('>');
  }
}
