package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that learns, killed without warning in the middle of it, and started again. */
@Tag("slow")
class KilledTrainingTest {
  private static final int KILLS = 3;
  private static final long PATIENCE_SECONDS = 120;

  @TempDir Path dir;

  @Test
  void killedThreeTimesItEndsInTheSameWeights() throws Exception {
    Path model = Models.write(dir.resolve("m.onnx"), Models.stack(4, 256));
    Path data = Samples.write(dir.resolve("d.npz"), 400);
    Path recipe =
        Files.writeString(
            dir.resolve("r.yaml"),
            "recipe: 1\nsteps: [{ pass: reste,"
                + " with: { objective: distill, steps: 1500, batch: 32 } }]\n");
    Path log = dir.resolve("log.txt");
    Path undisturbed = dir.resolve("undisturbed.onnx");
    Path other = dir.resolve("other");
    Process whole = CommandProcess.compress(model, undisturbed, recipe, data, other, log);
    assertEquals(0, CommandProcess.end(whole, PATIENCE_SECONDS), Files.readString(log));

    Path out = dir.resolve("out.onnx");
    Path workspace = dir.resolve("workspace");
    SplittableRandom random = new SplittableRandom(5);
    int interrupted = 0;
    for (int i = 0; i < KILLS; i++) {
      Optional<FileTime> before = checkpoint(workspace);
      Process run = CommandProcess.compress(model, out, recipe, data, workspace, log);
      waitForAnother(run, workspace, before);
      Thread.sleep(random.nextInt(100));
      interrupted += run.isAlive() ? 1 : 0;
      run.destroyForcibly();
      CommandProcess.end(run, PATIENCE_SECONDS);
      assertTrue(checkpoint(workspace).isPresent(), Files.readString(log));
    }
    assertTrue(interrupted >= 2, interrupted + " runs were alive when killed");

    Process last = CommandProcess.compress(model, out, recipe, data, workspace, log);
    assertEquals(0, CommandProcess.end(last, PATIENCE_SECONDS), Files.readString(log));
    assertArrayEquals(Files.readAllBytes(undisturbed), Files.readAllBytes(out));
  }

  private static void waitForAnother(Process run, Path workspace, Optional<FileTime> before)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (run.isAlive() && checkpoint(workspace).equals(before) && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
  }

  /** When the workspace's checkpoint was written. */
  private static Optional<FileTime> checkpoint(Path workspace) throws IOException {
    if (!Files.isDirectory(workspace)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(workspace)) {
      Optional<Path> found = files.filter(f -> f.toString().endsWith(".checkpoint")).findFirst();
      return found.isPresent()
          ? Optional.of(Files.getLastModifiedTime(found.get()))
          : Optional.empty();
    }
  }
}
