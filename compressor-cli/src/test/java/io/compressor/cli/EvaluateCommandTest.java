package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
  @TempDir Path dir;
  private Path model;
  private Path data;

  @BeforeEach
  void write() {
    model = Models.write(dir.resolve("m.onnx"), Models.classifier(1));
    data = Samples.write(dir.resolve("d.npz"), 80);
  }

  @Test
  void metricsComeWithIntervals() throws IOException {
    Cli text = Cli.run("evaluate", model, "--data", data, "-m", "top1", "-q");
    assertEquals(0, text.code(), text.err());
    assertTrue(text.out().contains("top1") && text.out().contains("80"), text.out());
    assertEquals("", text.err());
    Cli r = Cli.run("evaluate", model, "--data", data, "-m", "top1", "-m", "f1", "--json");
    JsonNode rows = new ObjectMapper().readTree(r.out());
    assertEquals("f1", rows.at("/1/metric").asText());
    assertTrue(rows.at("/0/low95").asDouble() <= rows.at("/0/value").asDouble());
  }

  @Test
  void progressIsLinesOrJsonOnStderr() {
    assertTrue(Cli.run("evaluate", model, "--data", data, "-m", "top1").err().contains("evaluate"));
    String json =
        Cli.run("evaluate", model, "--data", data, "-m", "top1", "--log-format", "json").err();
    assertTrue(json.startsWith("{\"event\":\"stage\""), json);
  }

  @Test
  void whatIsMissingOrWrongIsNamed() throws IOException {
    Path text = Files.writeString(dir.resolve("t.npz"), "no zip");
    Object[][] bad = {
      {"evaluate", model, "--data", data},
      {"evaluate", model, "--data", data, "-m", "top9"},
      {"evaluate", model, "--data", data, "-m", "cosine"},
      {"evaluate", model, "--data", dir.resolve("none.npz"), "-m", "top1"},
      {"evaluate", model, "--data", "-", "-m", "top1"},
      {"evaluate", model, "--data", text, "-m", "top1"},
      {"evaluate", model, "--data", data, "-m", "top1", "--batch", "0"},
      {"evaluate", model, "--data", data, "-m", "top1", "--threads", "0"},
      {"evaluate", model, "--data", data, "-m", "top1", "--output", "z"},
      {"evaluate", model, "-m", "top1"},
    };
    for (Object[] args : bad) {
      Cli r = Cli.run(args);
      assertEquals(2, r.code(), String.join(" ", java.util.Arrays.toString(args)) + r.err());
      assertEquals("", r.out());
      assertTrue(r.err().contains("error: "), r.err());
    }
  }
}
