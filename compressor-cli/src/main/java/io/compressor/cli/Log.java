package io.compressor.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** Messages on stderr: plain lines, or one JSON object a line for machines. Thread-safe. */
final class Log {

  /** Form of a message. */
  enum Format {
    TEXT,
    JSON
  }

  /** How much is said; each level includes those before it. */
  enum Level {
    ERROR,
    NOTE,
    DETAIL
  }

  private final PrintWriter err;
  private final Format format;
  private final Level level;

  Log(PrintWriter err, Format format, Level level) {
    this.err = err;
    this.format = format;
    this.level = level;
  }

  void note(String message) {
    say(Level.NOTE, "note", message, "");
  }

  void warn(String message) {
    say(Level.NOTE, "warning", message, "warning: ");
  }

  void detail(String message) {
    say(Level.DETAIL, "detail", message, "");
  }

  boolean isOn(Level wanted) {
    return wanted.compareTo(level) <= 0;
  }

  Format format() {
    return format;
  }

  PrintWriter writer() {
    return err;
  }

  /** One JSON line of an event; only in JSON format and unless quiet. */
  void event(String event, Map<String, ?> fields) {
    if (format == Format.JSON && isOn(Level.NOTE)) {
      StringBuilder line = new StringBuilder("{\"event\":").append(quote(event));
      fields.forEach(
          (k, v) -> {
            line.append(',').append(quote(k)).append(':');
            line.append(v instanceof Number || v instanceof Boolean ? v.toString() : quote("" + v));
          });
      print(line.append('}').toString());
    }
  }

  private void say(Level at, String event, String message, String prefix) {
    if (!isOn(at)) {
      return;
    }
    if (format == Format.JSON) {
      event(event, Map.of("message", message));
    } else {
      print(prefix + message);
    }
  }

  private void print(String line) {
    synchronized (err) {
      err.println(line);
      err.flush();
    }
  }

  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ') {
            quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }
}
