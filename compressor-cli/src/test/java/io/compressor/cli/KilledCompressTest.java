package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.formats.onnx.OnnxReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command in a process of its own, killed without warning, and started again. */
@Tag("slow")
class KilledCompressTest {
  private static final int KILLS = 5;
  private static final int SITES = 16;
  private static final long PATIENCE_SECONDS = 120;

  @TempDir Path dir;
  private Path model;
  private Path data;
  private Path out;
  private Path workspace;

  @BeforeEach
  void write() {
    model = Models.write(dir.resolve("m.onnx"), Models.stack(SITES, 256));
    data = Samples.write(dir.resolve("d.npz"), 400);
    out = dir.resolve("out.onnx");
    workspace = dir.resolve("workspace");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pass: quantize, with: { bits: 4, group: 32, method: gptq, activations: dynamic }",
        "pass: rsq, with: { bits: 3, group: 32, importance: none, rotate: false, head: 8 }"
      })
  void killedFiveTimesItEndsInTheSameBytes(String step) throws Exception {
    Path recipe =
        Files.writeString(
            dir.resolve("r.yaml"),
            "recipe: 1\nsteps: [{ " + step + " }]\nencoding: { prefer: size }\n");
    Path undisturbed = dir.resolve("undisturbed.onnx");
    Process whole = start(recipe, undisturbed, dir.resolve("other"));
    assertEquals(0, end(whole), log());
    byte[] expected = Files.readAllBytes(undisturbed);

    SplittableRandom random = new SplittableRandom(step.hashCode());
    Map<Path, String> finished = Map.of();
    int interrupted = 0;
    for (int i = 0; i < KILLS; i++) {
      Process run = start(recipe, out, workspace);
      int more = random.nextInt(1, 2 * SITES / KILLS);
      waitForSites(run, finished.size() + more);
      Thread.sleep(random.nextInt(100));
      interrupted += run.isAlive() ? 1 : 0;
      run.destroyForcibly();
      end(run);
      Map<Path, String> now = sites();
      assertTrue(now.entrySet().containsAll(finished.entrySet()), "a finished site was touched");
      finished = now;
      if (Files.exists(out)) {
        OnnxReader.read(out);
      }
    }
    assertTrue(
        interrupted >= 2, interrupted + " of " + KILLS + " runs were alive when killed: " + log());

    assertEquals(0, end(start(recipe, out, workspace)), log());
    assertArrayEquals(expected, Files.readAllBytes(out));
    assertTrue(sites().entrySet().containsAll(finished.entrySet()));
    String said = log();
    assertTrue(
        said.contains("resumed: " + finished.size() + " of "), finished.size() + " sites\n" + said);
    assertFalse(said.contains("damaged"), said);
  }

  private Process start(Path recipe, Path output, Path place) throws IOException {
    return CommandProcess.compress(model, output, recipe, data, place, logFile());
  }

  private static int end(Process run) throws InterruptedException {
    return CommandProcess.end(run, PATIENCE_SECONDS);
  }

  private void waitForSites(Process run, int wanted) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (run.isAlive() && sites().size() < wanted && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
  }

  /** Finished sites with what tells a file from a later one in its place. */
  private Map<Path, String> sites() {
    Map<Path, String> found = new TreeMap<>();
    try (var files = Files.newDirectoryStream(workspace.resolve("sites"), "*.site")) {
      for (Path file : files) {
        found.put(
            file, Files.getAttribute(file, "fileKey") + " " + Files.getLastModifiedTime(file));
      }
      return found;
    } catch (IOException e) {
      return found; // the run has not come so far
    }
  }

  private String log() throws IOException {
    return Files.readString(logFile());
  }

  private Path logFile() {
    return dir.resolve("log.txt");
  }
}
