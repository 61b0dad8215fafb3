package io.compressor.formats.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedFileTest {
  @TempDir Path folder;

  @Test
  void theTargetStaysAsItWasUntilTheCommit() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    try (StagedFile file = StagedFile.beside(target)) {
      file.append(Bytes.of(new byte[] {1, 2}));
      file.padTo(4);
      file.force();
      assertEquals("old", Files.readString(target));
      file.commit();
    }
    assertArrayEquals(new byte[] {1, 2, 0, 0}, Files.readAllBytes(target));
    assertEquals(List.of("a"), names());
  }

  @Test
  void withoutACommitNothingIsLeft() throws IOException {
    try (StagedFile file = StagedFile.beside(folder.resolve("a"))) {
      file.append(Bytes.of(new byte[] {1}));
    }
    assertEquals(List.of(), names());
  }

  @Test
  void twoWritersOfOneTargetDoNotMeet() throws IOException {
    Path target = folder.resolve("a");
    try (StagedFile one = StagedFile.beside(target);
        StagedFile two = StagedFile.beside(target)) {
      one.append(Bytes.of(new byte[] {1}));
      two.append(Bytes.of(new byte[] {2, 2}));
      one.force();
      two.force();
      one.commit();
      two.commit();
    }
    assertArrayEquals(new byte[] {2, 2}, Files.readAllBytes(target));
    assertEquals(List.of("a"), names());
  }

  @Test
  void othersMayReadWhatTheyMayReadOfAnyFile() throws IOException {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Path target = folder.resolve("a");
    StagedFile.write(target, new byte[3]);
    Path plain = Files.write(folder.resolve("b"), new byte[3]);
    assertEquals(
        Files.getPosixFilePermissions(plain).stream().sorted().toList(),
        Files.getPosixFilePermissions(target).stream().sorted().toList());
  }

  @Test
  void whatAKilledWriterLeftIsSweptAndNothingElse() throws IOException {
    for (String name :
        List.of(
            ".a.site.0.tmp", ".a.site.11.tmp", ".b.site.x.tmp", "a.site", "c.tmp", ".d.0.tmp")) {
      Files.writeString(folder.resolve(name), "half");
    }
    StagedFile.sweep(folder, "*.site");
    assertEquals(List.of(".b.site.x.tmp", ".d.0.tmp", "a.site", "c.tmp"), names());
  }

  @Test
  void aMissingFolderIsAnErrorThatNamesTheTarget() {
    Path target = folder.resolve("none").resolve("a");
    CompressorException e =
        assertThrows(CompressorException.class, () -> StagedFile.write(target, new byte[1]));
    assertEquals(ErrorCode.IO, e.code());
    assertEquals(target.toString(), e.where());
    assertFalse(e.hint().isEmpty());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return List.copyOf(
          files
              .map(f -> f.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new)));
    }
  }
}
