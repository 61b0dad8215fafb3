package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimedFolderTest {
  @TempDir Path dir;
  private Path target;

  @BeforeEach
  void name() {
    target = dir.resolve("out.onnx");
  }

  @Test
  void itGoesWithAllThatIsInIt() throws IOException {
    try (ClaimedFolder folder = ClaimedFolder.beside(target)) {
      assertEquals(dir, folder.path().getParent());
      Files.writeString(folder.path().resolve("out.onnx"), "model");
    }
    assertEmpty();
  }

  @Test
  void whatAKilledRunLeftGoes() throws IOException {
    Path left = Files.createDirectory(dir.resolve(".compressor-out.onnx-123"));
    Files.createFile(left.resolve(".lock"));
    Files.writeString(left.resolve("out.onnx"), "half a model");
    ClaimedFolder.beside(target).close();
    assertEmpty();
  }

  @Test
  void whatIsInUseOrBelongsToOthersStays() throws IOException {
    Path made = Files.createDirectory(dir.resolve(".compressor-out.onnx-123"));
    Path other = Files.createDirectory(dir.resolve(".compressor-other.onnx-123"));
    Files.createFile(other.resolve(".lock"));
    try (ClaimedFolder used = ClaimedFolder.beside(target)) {
      ClaimedFolder.beside(target).close();
      assertTrue(Files.isDirectory(used.path()));
    }
    assertTrue(Files.isDirectory(made), "another run may have made it this instant");
    assertTrue(Files.isDirectory(other));
  }

  private void assertEmpty() throws IOException {
    try (var files = Files.list(dir)) {
      assertFalse(files.findAny().isPresent());
    }
  }
}
