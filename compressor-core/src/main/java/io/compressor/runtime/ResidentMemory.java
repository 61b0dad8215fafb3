package io.compressor.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Resident memory of this process as Linux counts it; empty elsewhere. */
public final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ResidentMemory() {}

  /** High-water mark, in bytes. */
  public static OptionalLong peak() {
    return field(status(), "VmHWM:");
  }

  /** Now, in bytes. */
  public static OptionalLong current() {
    return field(status(), "VmRSS:");
  }

  /** Now, in bytes, without pages of mapped files, which the system takes back when it likes. */
  public static OptionalLong own() {
    return field(status(), "RssAnon:");
  }

  static OptionalLong field(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip().split("\\s+")[0])
        .filter(kib -> kib.matches("\\d{1,15}"))
        .mapToLong(kib -> Long.parseLong(kib) * 1024)
        .findFirst();
  }

  private static List<String> status() {
    try {
      return Files.isReadable(STATUS) ? Files.readAllLines(STATUS) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}
