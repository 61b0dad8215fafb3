package io.compressor.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Progress;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextGenerationSampleTest {
  private static final String PROMPT = "w3 w4 w5";

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bothModelsGoOnFromThePrompt(boolean cached) throws IOException {
    Path file = dir.resolve("in.onnx");
    Path model = cached ? TinyDecoder.cached(file) : TinyDecoder.plain(file);
    CompressionResult result =
        TextGenerationSample.compress(
            model,
            dir.resolve("out.onnx"),
            TinyDecoder.text(dir.resolve("text.txt"), 60),
            new TextGenerationSample.Calibration(24, 32),
            Progress.NONE);
    assertEquals(14, result.report().sites().size(), result.report().skipped().toString());
    TextGenerationSample.Written written = TextGenerationSample.write(model, result, PROMPT, 6);
    assertEquals(Files.size(model), written.before().bytes());
    assertTrue(written.after().bytes() < written.before().bytes() / 2, written.toString());
    assertContinued(written.before());
    assertContinued(written.after());
  }

  private static void assertContinued(TextGenerationSample.Spoken spoken) {
    assertTrue(spoken.text().startsWith(PROMPT), spoken.text());
    assertTrue(spoken.text().length() > PROMPT.length(), spoken.text());
    assertTrue(spoken.tokensPerSecond() > 0, spoken.toString());
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    TextGenerationSample.print("x", spoken, new PrintStream(printed, true, StandardCharsets.UTF_8));
    assertTrue(printed.toString(StandardCharsets.UTF_8).contains("tokens/s"), printed.toString());
  }

  @Test
  void aCacheChangesTheTimeNotTheTokens() throws IOException {
    long[] prompt = {7, 8, 9, 30};
    try (GreedyDecoder plain = GreedyDecoder.open(TinyDecoder.plain(dir.resolve("p.onnx")), 1);
        GreedyDecoder cached = GreedyDecoder.open(TinyDecoder.cached(dir.resolve("c.onnx")), 1)) {
      assertFalse(plain.hasCache());
      assertTrue(cached.hasCache());
      assertArrayEquals(plain.generate(prompt, 20).ids(), cached.generate(prompt, 20).ids());
      assertEquals(20, plain.generate(prompt, 20).ids().length);
    }
  }

  @Test
  void otherModelsAndEmptyPromptsAreRefusedByName() throws IOException {
    Path classifier = Toys.classifier(dir.resolve("x.onnx"));
    CompressorException other =
        assertThrows(CompressorException.class, () -> GreedyDecoder.open(classifier, 1));
    assertEquals(ErrorCode.MODEL, other.code());
    assertEquals("x", other.where());
    try (GreedyDecoder plain = GreedyDecoder.open(TinyDecoder.plain(dir.resolve("p.onnx")), 1)) {
      CompressorException empty =
          assertThrows(CompressorException.class, () -> plain.generate(new long[0], 1));
      assertEquals("prompt", empty.where());
    }
  }
}
