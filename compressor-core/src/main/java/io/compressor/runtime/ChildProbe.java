package io.compressor.runtime;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Measures load time and peak memory in a fresh JVM, because in this one the allocators have
 * already grown and the file may be mapped.
 */
public final class ChildProbe {
  private ChildProbe() {}

  /**
   * Loads the file in a child process and runs it once on zeros.
   *
   * @param shapes by input name, where symbolic dimensions should not be 1
   * @param limit after which the child is stopped
   * @throws CompressorException RUNTIME when the child fails or takes too long
   */
  public static Footprint measure(
      Path model, int threads, Map<String, long[]> shapes, Duration limit) {
    try {
      Path folder = Files.createTempDirectory("compressor-probe");
      Path result = folder.resolve("result");
      Path log = folder.resolve("log");
      try {
        run(command(model, result, threads, shapes), log, model, limit);
        return read(result, log, model);
      } finally {
        Files.deleteIfExists(result);
        Files.deleteIfExists(log);
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO,
          model.toString(),
          "cannot measure in a child process: " + e.getMessage(),
          "check the temporary folder",
          e);
    }
  }

  private static List<String> command(
      Path model, Path result, int threads, Map<String, long[]> shapes) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LoadProbe.class.getName(),
                model.toAbsolutePath().toString(),
                result.toString(),
                Integer.toString(threads)));
    shapes.forEach(
        (input, dims) ->
            command.add(
                input
                    + "="
                    + Arrays.stream(dims)
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining("x"))));
    return command;
  }

  private static void run(List<String> command, Path log, Path model, Duration limit)
      throws IOException {
    Process child =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (!child.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failed(model, "the child took longer than " + limit.toSeconds() + " s", "");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompressorException(
          ErrorCode.CANCELLED, model.toString(), "interrupted", "run again", e);
    } finally {
      child.destroyForcibly();
    }
  }

  private static Footprint read(Path result, Path log, Path model) throws IOException {
    List<String> lines = Files.exists(result) ? Files.readAllLines(result) : List.of();
    if (lines.size() == 4 && lines.get(0).equals("ok")) {
      return new Footprint(
          Double.parseDouble(lines.get(1)), number(lines.get(2)), number(lines.get(3)));
    }
    if (lines.size() >= 3) {
      throw failed(model, lines.get(1) + ": " + lines.get(2), lines.get(lines.size() - 1));
    }
    List<String> said = Files.readAllLines(log);
    List<String> last = said.subList(Math.max(0, said.size() - 3), said.size());
    throw failed(model, "the child ended early: " + String.join(" / ", last), "");
  }

  private static CompressorException failed(Path model, String message, String hint) {
    return new CompressorException(ErrorCode.RUNTIME, model.toString(), message, hint);
  }

  private static OptionalLong number(String text) {
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
  }
}
