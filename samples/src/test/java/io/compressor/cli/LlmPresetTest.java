package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.compressor.samples.TinyDecoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The presets for language models from the command line, on a decoder with a tokenizer. */
class LlmPresetTest {
  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource({"llm-w4, 0.27", "llm-w3, 0.25"})
  void runsFromTextToReport(String preset, double share) throws IOException {
    Path model = TinyDecoder.plain(dir.resolve("in.onnx"));
    Path report = dir.resolve("report");
    Path out = dir.resolve("out.onnx");
    String said =
        run(0, "compress", model, "-o", out, "-p", preset, "--data", text(), "--report", report);
    JsonNode json = new ObjectMapper().readTree(report.resolve("report.json").toFile());
    assertEquals(14, json.at("/sites").size(), said);
    assertTrue(json.at("/rotations").toString().contains("residual stream"), said);
    assertTrue(said.contains("rotated"), said);
    for (JsonNode site : json.at("/sites")) {
      assertEquals("rsq", site.at("/pass").asText());
    }
    double found = (double) Files.size(out) / Files.size(model);
    assertTrue(found < share, found + " of the original");
  }

  @Test
  void anyValueCanBeOverridden() throws IOException {
    Path model = TinyDecoder.plain(dir.resolve("in.onnx"));
    String said = run(0, "recipe", "explain", "-p", "llm-w3", "--set", "rsq.bits=2");
    assertTrue(said.contains("rsq"), said);
    String planned = run(0, "plan", model, "-p", "llm-w3", "--data", text());
    assertTrue(planned.contains("lm_head"), planned);
  }

  @Test
  void asksForCalibrationData() throws IOException {
    Path model = TinyDecoder.plain(dir.resolve("in.onnx"));
    String said = run(2, "compress", model, "-o", dir.resolve("o.onnx"), "-p", "llm-w4");
    assertTrue(said.contains("--data"), said);
  }

  private Path text() throws IOException {
    Path lines = TinyDecoder.text(dir.resolve("text.txt"), 60);
    return Files.writeString(
        dir.resolve("data.yaml"),
        "kind: text\nfiles: %s\nlength: 32\nstride: 32\nlimit: 24\ntokenizer: tokenizer.json\n"
            .formatted(lines.getFileName()));
  }

  private static String run(int code, Object... args) {
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    int found =
        Main.commandLine(Terminals.NONE)
            .setOut(out)
            .setErr(out)
            .execute(Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    assertEquals(code, found, said.toString());
    return said.toString();
  }
}
