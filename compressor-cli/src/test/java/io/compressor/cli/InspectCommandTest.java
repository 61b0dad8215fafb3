package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
  @TempDir Path dir;

  @Test
  void showsHeaderOperatorsAndWeights() {
    Cli r = Cli.run("inspect", Models.write(dir.resolve("m.onnx"), Models.classifier(1)));
    assertEquals(0, r.code(), r.err());
    assertEquals("", r.err());
    assertTrue(r.out().contains("ai.onnx 17"), r.out());
    assertTrue(r.out().contains("x  float[n, 64]"), r.out());
    assertTrue(r.out().contains("MatMul 2, Relu 1"), r.out());
    assertTrue(r.out().contains("ONNX Runtime 1.18 or later"), r.out());
    assertTrue(r.out().contains("2 weights can be compressed: 8.70 kB, 100.0%"), r.out());
    assertFalse(r.out().contains("\u001b"), "no colour when nobody watches");
  }

  @Test
  void jsonHasTheSameFacts() throws IOException {
    Cli r = Cli.run("inspect", "--json", Models.write(dir.resolve("m.onnx"), Models.classifier(1)));
    JsonNode json = new ObjectMapper().readTree(r.out());
    assertEquals(17, json.at("/opsets/ai.onnx").asInt());
    assertEquals(64 * 32 + 32 * 4, json.at("/parameters").asLong());
    assertEquals(32.0, json.at("/bitsPerWeight").asDouble());
    assertEquals("fc1.weight", json.at("/sites/0/name").asText());
  }

  @Test
  void groupsSayWhatMayBeDoneToThem() throws IOException {
    Path model = Models.write(dir.resolve("m.onnx"), Models.classifier(1));
    Cli text = Cli.run("inspect", "--groups", model);
    assertEquals(0, text.code(), text.err());
    assertTrue(text.out().contains("positive scaling"), text.out());
    JsonNode json =
        new ObjectMapper().readTree(Cli.run("inspect", "--groups", "--json", model).out());
    JsonNode neurons = json.at("/groups/0");
    assertEquals("fc1.weight", neurons.at("/writers/0").asText());
    assertEquals(32, neurons.at("/size").asInt());
    assertEquals("positive scaling", neurons.at("/allows").asText());
    assertTrue(neurons.at("/barriers/0/reason").asText().contains("Relu"), neurons.toString());
    assertEquals(
        0,
        new ObjectMapper()
            .readTree(Cli.run("inspect", "--json", model).out())
            .at("/groups")
            .size());
  }

  @Test
  void brokenFilesAreExplained() throws IOException {
    Path text = Files.writeString(dir.resolve("a.onnx"), "hello, not a model");
    Path empty = Files.write(dir.resolve("b.onnx"), new byte[0]);
    for (Object bad : new Object[] {text, empty, dir, dir.resolve("none.onnx"), "-"}) {
      Cli r = Cli.run("inspect", bad);
      assertEquals(2, r.code(), bad.toString());
      assertEquals("", r.out());
      assertTrue(r.err().startsWith("error: "), r.err());
      assertTrue(r.err().contains("\n  at: " + bad), r.err());
      assertTrue(r.err().contains("\n  hint: "), r.err());
      assertFalse(r.err().contains("\tat "), "no stack trace");
    }
  }

  @Test
  void stacktraceIsPrintedOnRequest() {
    Cli r = Cli.run("inspect", dir.resolve("none.onnx"), "--stacktrace");
    assertEquals(2, r.code());
    assertTrue(r.err().contains("\tat io.compressor."), r.err());
  }
}
