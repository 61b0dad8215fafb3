package io.compressor.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What measurements depend on: the runtime and the machine.
 *
 * @param ortVersion of the native library in use
 * @param cpu model name, or the architecture where the system does not tell
 * @param features vector extensions that matter to quantized kernels, sorted; empty when unknown
 * @param cores logical processors available to this process
 */
public record RuntimeInfo(String ortVersion, String cpu, Set<String> features, int cores) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Set<String> TELLING =
      Set.of(
          "avx2",
          "fma",
          "avx512f",
          "avx512_vnni",
          "avx_vnni",
          "amx_int8",
          "asimddp",
          "i8mm",
          "sve");

  public RuntimeInfo {
    features = java.util.Collections.unmodifiableSet(new TreeSet<>(features));
  }

  /** Of this process. */
  public static RuntimeInfo current() {
    String version = OrtRuntime.environment().getVersion();
    return of(version, cpuInfo(), Runtime.getRuntime().availableProcessors());
  }

  /** One word for cache keys: version-independent name of the machine. */
  public String machine() {
    return cpu.replaceAll("\\s+", " ")
        + (features.isEmpty() ? "" : " " + String.join("+", features));
  }

  static RuntimeInfo of(String ortVersion, List<String> cpuInfo, int cores) {
    String cpu = System.getProperty("os.arch", "unknown");
    Set<String> features = new HashSet<>();
    for (String line : cpuInfo) {
      int colon = line.indexOf(':');
      String key = colon < 0 ? "" : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      String value = colon < 0 ? "" : line.substring(colon + 1).strip();
      if (key.equals("model name") && !value.isEmpty()) {
        cpu = value;
      } else if (key.equals("flags") || key.equals("features")) {
        Arrays.stream(value.split("\\s+")).filter(TELLING::contains).forEach(features::add);
      }
    }
    return new RuntimeInfo(ortVersion, cpu, features, cores);
  }

  private static List<String> cpuInfo() {
    try {
      return Files.isReadable(CPU_INFO) ? Files.readAllLines(CPU_INFO) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}
