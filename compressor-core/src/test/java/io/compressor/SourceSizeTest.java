package io.compressor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One idea a file: 300 lines is the limit, 500 the end, exceptions have a name and a reason. */
class SourceSizeTest {
  private static final int LIMIT = 300;
  private static final int HARD_LIMIT = 500;
  private static final int MIN_FILES = 80;

  /** Main sources over {@link #LIMIT} lines; each with the reason why it is not two files. */
  private static final Map<String, String> LONG = Map.of();

  @Test
  void noFilePassesTheHardLimit() throws IOException {
    Map<String, Long> tooLong = new TreeMap<>();
    for (Path file : sources()) {
      long lines = lines(file);
      if (lines > HARD_LIMIT) {
        tooLong.put(file.getFileName().toString(), lines);
      }
    }
    assertEquals(Map.of(), tooLong, "files over " + HARD_LIMIT + " lines: cut them");
  }

  @Test
  void mainSourcesStayWithinTheLimit() throws IOException {
    Map<String, Long> tooLong = new TreeMap<>();
    for (Path file : sources()) {
      boolean main = file.toString().replace('\\', '/').contains("/src/main/");
      if (main && lines(file) > LIMIT && !LONG.containsKey(file.getFileName().toString())) {
        tooLong.put(file.getFileName().toString(), lines(file));
      }
    }
    assertEquals(Map.of(), tooLong, "files over " + LIMIT + " lines: cut them, or name the reason");
  }

  @Test
  void exceptionsAreStillNeeded() throws IOException {
    List<Path> sources = sources();
    for (String name : LONG.keySet()) {
      boolean needed = false;
      for (Path file : sources) {
        needed |= file.getFileName().toString().equals(name) && lines(file) > LIMIT;
      }
      assertTrue(needed, name + " is short enough now: take it off the list");
    }
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> all = Files.walk(Path.of("").toAbsolutePath().getParent(), 14)) {
      List<Path> found =
          all.filter(p -> p.toString().endsWith(".java"))
              .filter(p -> p.toString().replace('\\', '/').contains("/src/"))
              .filter(p -> !p.toString().replace('\\', '/').contains("/target/"))
              .toList();
      assertTrue(found.size() >= MIN_FILES, "only " + found.size() + " sources found");
      return found;
    }
  }

  private static long lines(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    }
  }
}
