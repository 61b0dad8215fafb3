package io.compressor.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
  private static final Map<String, String> KEY =
      Map.of("model.sha256", "aa11", "recipe.sha256", "bb22", "tool.version", "0.1.0");

  @TempDir Path parent;

  @Test
  void theNextRunFindsWhatTheOneBeforeFinished() {
    Path folder = parent.resolve("new/workspace");
    try (Workspace first = Workspace.open(folder, KEY)) {
      assertTrue(first.sites().find("site", "hash").isEmpty());
      first.sites().put("site", "hash", Solved.uniform(4, "w"));
      assertEquals(1, first.sites().solved());
    }
    try (Workspace second = Workspace.open(folder, new HashMap<>(KEY))) {
      assertTrue(second.sites().find("site", "hash").isPresent());
      assertEquals(1, second.sites().reused());
      assertEquals(0, second.sites().solved());
    }
  }

  @Test
  void anotherKeyIsRefusedByThePartThatDiffers() {
    Path folder = parent.resolve("w");
    Workspace.open(folder, KEY).close();
    Map<String, String> other = new HashMap<>(KEY);
    other.put("recipe.sha256", "cc33");
    other.remove("tool.version");
    CompressorException e =
        assertThrows(CompressorException.class, () -> Workspace.open(folder, other));
    assertEquals(ErrorCode.USAGE, e.code());
    assertTrue(e.getMessage().contains("recipe.sha256: found bb22, expected cc33"), e.getMessage());
    assertTrue(e.getMessage().contains("tool.version: found 0.1.0, expected nothing"));
    assertFalse(e.getMessage().contains("model.sha256"));
    assertTrue(e.hint().contains("--workspace"));
    Workspace.open(folder, KEY).close();
  }

  @Test
  void aBrokenManifestIsNotBelieved() throws IOException {
    for (String text :
        new String[] {"", "{", "[]", "{\"format\":9,\"key\":{}}", "{\"format\":1}"}) {
      Files.writeString(parent.resolve(Manifest.FILE), text);
      CompressorException e =
          assertThrows(CompressorException.class, () -> Workspace.open(parent, KEY), text);
      assertEquals(ErrorCode.USAGE, e.code());
      assertTrue(e.where().endsWith(Manifest.FILE));
    }
  }

  @Test
  void aFolderOfSomebodyElseIsLeftAlone() throws IOException {
    Path theirs = Files.createDirectories(parent.resolve("sites")).resolve("index.html");
    Files.writeString(theirs, "mine");
    CompressorException e =
        assertThrows(CompressorException.class, () -> Workspace.open(parent, KEY));
    assertEquals(ErrorCode.USAGE, e.code());
    assertTrue(Files.exists(theirs));
    assertFalse(Files.exists(parent.resolve(Manifest.FILE)));
  }

  @Test
  void otherFilesDoNotDisturb() throws IOException {
    Path kernels = Files.writeString(parent.resolve("kernels.tsv"), "kept");
    Workspace.open(parent, KEY).close();
    assertEquals("kept", Files.readString(kernels));
  }

  @Test
  void oneRunAtATime() {
    try (Workspace first = Workspace.open(parent, KEY)) {
      CompressorException e =
          assertThrows(CompressorException.class, () -> Workspace.open(parent, KEY));
      assertEquals(ErrorCode.USAGE, e.code());
      assertTrue(e.getMessage().contains("another run"));
      assertTrue(first.sites().warnings().isEmpty());
    }
    Workspace.open(parent, KEY).close();
  }

  @Test
  void whatAKilledRunLeftUnfinishedGoes() throws IOException {
    Workspace killed = Workspace.open(parent, KEY);
    Path scratch = killed.scratch("activations");
    Files.writeString(Files.createDirectories(scratch.resolve("deep")).resolve("x.bin"), "left");
    Files.writeString(parent.resolve("sites/.a-0123456789abcdef.site.0.tmp"), "half a site");
    assertEquals(scratch, killed.scratch("activations"));
    try (var left = Files.list(scratch)) {
      assertEquals(0, left.count());
    }
    killed.close();
    assertFalse(Files.exists(scratch));
    try (Workspace next = Workspace.open(parent, KEY);
        var left = Files.list(parent.resolve("sites"))) {
      assertEquals(0, left.count());
      assertEquals(0, next.sites().reused());
    }
  }

  @Test
  void aPlaceThatIsNoFolderIsAnIoError() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");
    assertEquals(
        ErrorCode.IO,
        assertThrows(CompressorException.class, () -> Workspace.open(file, KEY)).code());
  }
}
