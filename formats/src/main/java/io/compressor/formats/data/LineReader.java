package io.compressor.formats.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Lines of a UTF-8 file, a byte order mark skipped and broken bytes replaced. A file without line
 * ends is refused before it fills the heap.
 */
final class LineReader implements AutoCloseable {
  private static final int MAX_CHARS = 1 << 24;

  private final Path path;
  private final BufferedReader in;
  private long line;

  private LineReader(Path path, BufferedReader in) {
    this.path = path;
    this.in = in;
  }

  static LineReader open(Path path) {
    try {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Files.newInputStream(path), StandardCharsets.UTF_8), 1 << 16);
      in.mark(1);
      if (in.read() != '\uFEFF') {
        in.reset();
      }
      return new LineReader(path, in);
    } catch (IOException e) {
      throw BadData.unreadable(path, e);
    }
  }

  /** File and number of the line last read. */
  String where() {
    return path + ":" + line;
  }

  /** The next line without its end, or null after the last one. */
  @Nullable String next() {
    try {
      StringBuilder out = new StringBuilder();
      int c = in.read();
      if (c < 0) {
        return null;
      }
      line++;
      for (; c >= 0 && c != '\n'; c = in.read()) {
        if (out.length() == MAX_CHARS) {
          throw BadData.in(
              where(), "a line of more than " + MAX_CHARS + " characters", "one sample a line");
        }
        out.append((char) c);
      }
      if (!out.isEmpty() && out.charAt(out.length() - 1) == '\r') {
        out.setLength(out.length() - 1);
      }
      return out.toString();
    } catch (IOException e) {
      throw BadData.unreadable(path, e);
    }
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw BadData.unreadable(path, e);
    }
  }
}
