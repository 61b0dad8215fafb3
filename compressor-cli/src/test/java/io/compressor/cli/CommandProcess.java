package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command in a process of its own, for tests that kill it. */
final class CommandProcess {
  private CommandProcess() {}

  /** {@code compress}, on its way. */
  static Process compress(Path model, Path output, Path recipe, Path data, Path workspace, Path log)
      throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(
        List.of("-XX:+UseSerialGC", "-Xmx1g", "-cp", System.getProperty("java.class.path")));
    words.add(Main.class.getName());
    words.addAll(List.of("compress", model.toString(), "-o", output.toString(), "--force"));
    words.addAll(List.of("-r", recipe.toString(), "--data", data.toString()));
    words.addAll(List.of("--workspace", workspace.toString()));
    return new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** Its exit code; fails when it does not end in time. */
  static int end(Process run, long seconds) throws InterruptedException {
    assertTrue(run.waitFor(seconds, TimeUnit.SECONDS), "still running after " + seconds + " s");
    return run.exitValue();
  }
}
