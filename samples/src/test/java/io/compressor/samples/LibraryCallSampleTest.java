package io.compressor.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.pipeline.CompressionResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryCallSampleTest {
  @TempDir Path dir;

  @Test
  void compressesJudgesAndTellsTheObserver() throws IOException {
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    StageProgress progress =
        new StageProgress(new PrintStream(heard, true, StandardCharsets.UTF_8));
    CompressionResult result = compress(progress);
    assertTrue(result.gate().passed(), result.gate().toString());
    assertTrue(
        Files.size(result.model()) < Files.size(dir.resolve("in.onnx")),
        () -> result.report().sites() + " " + result.report().skipped());
    assertTrue(heard.toString(StandardCharsets.UTF_8).contains("solve"), heard.toString());
    assertTrue(progress.done() > 0);
  }

  @Test
  void aCancelledRunLeavesNoFile() {
    StageProgress progress = new StageProgress(new PrintStream(new ByteArrayOutputStream()));
    progress.cancel();
    CompressorException e = assertThrows(CompressorException.class, () -> compress(progress));
    assertEquals(ErrorCode.CANCELLED, e.code());
    assertFalse(Files.exists(dir.resolve("out.onnx")));
  }

  private CompressionResult compress(StageProgress progress) throws IOException {
    return LibraryCallSample.compress(
        Toys.classifier(dir.resolve("in.onnx")),
        dir.resolve("out.onnx"),
        Toys.data(dir.resolve("calib.npz"), 64, 1),
        Toys.data(dir.resolve("dev.npz"), 64, 2),
        progress);
  }
}
