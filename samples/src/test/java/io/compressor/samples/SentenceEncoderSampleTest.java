package io.compressor.samples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Progress;
import io.compressor.pipeline.CompressionResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow") // a real model of 90 MB
class SentenceEncoderSampleTest {
  @TempDir Path dir;

  @Test
  void aRealEncoderShrinksAndPassesItsGate() throws IOException {
    CompressionResult result =
        SentenceEncoderSample.compress(Path.of("target/demo"), dir, 400, Progress.NONE);
    assertTrue(result.gate().passed(), result.gate().toString());
    long before = Files.size(dir.resolve("all-MiniLM-L6-v2.onnx"));
    assertTrue(Files.size(result.model()) < 0.3 * before);
  }
}
