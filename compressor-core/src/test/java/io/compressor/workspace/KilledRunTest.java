package io.compressor.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process writes site after site and is killed without warning. */
class KilledRunTest {
  private static final Map<String, String> KEY = Map.of("model.sha256", "a");

  @TempDir Path folder;

  /** The run that will be killed. */
  public static void main(String[] arguments) {
    Workspace workspace = Workspace.open(Path.of(arguments[0]), KEY);
    SolvedWeight solved = Solved.folded(16, "killed");
    for (int i = 0; ; i++) {
      workspace.sites().put("site" + i, "hash", solved);
    }
  }

  @Test
  void everySiteIsWholeOrNotThere() throws IOException, InterruptedException {
    Process run =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledRunTest.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path sites = folder.resolve("sites");
    while (run.isAlive() && count(sites) < 5) {
      Thread.sleep(10);
    }
    run.destroyForcibly();
    assertTrue(run.waitFor(20, TimeUnit.SECONDS));
    try (Workspace resumed = Workspace.open(folder, KEY)) {
      int found = 0;
      while (resumed.sites().find("site" + found, "hash").isPresent()) {
        found++;
      }
      assertTrue(found >= 4, found + " sites");
      assertEquals(found, count(sites), "nothing else is left in the folder");
      assertEquals(0, resumed.sites().warnings().size());
      assertEquals(found, resumed.sites().reused());
    }
  }

  private static long count(Path sites) throws IOException {
    if (!Files.isDirectory(sites)) {
      return 0;
    }
    try (var files = Files.list(sites)) {
      return files.count();
    }
  }
}
