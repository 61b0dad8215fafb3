package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @TempDir Path dir;
  private Path model;

  @BeforeEach
  void write() {
    model = Models.write(dir.resolve("m.onnx"), Models.classifier(1));
  }

  @Test
  void timesModelsSideBySide() throws IOException {
    Cli r =
        Cli.run(
            "bench", model, model, "--shape", "x=8x64", "--seconds", "0", "--no-memory", "--json");
    assertEquals(0, r.code(), r.err());
    JsonNode rows = new ObjectMapper().readTree(r.out());
    assertEquals(2, rows.size());
    assertEquals(1.0, rows.at("/0/ratio").asDouble());
    assertTrue(rows.at("/1/p50Ms").asDouble() > 0);
  }

  @Test
  void dataGivesTheInputs() {
    Path data = Samples.write(dir.resolve("d.npz"), 8);
    Cli r =
        Cli.run(
            "bench", model, "--data", data, "--batch", "4", "--seconds", "0", "--no-memory", "-q");
    assertEquals(0, r.code(), r.err());
    assertTrue(r.out().contains("1.00x"), r.out());
  }

  @Test
  void badShapesAreExplained() {
    for (String shape : new String[] {"x", "x=", "x=axb", "y=1x64", "x=999999999x999999999"}) {
      Cli r = Cli.run("bench", model, "--shape", shape, "--no-memory");
      assertEquals(2, r.code(), shape);
      assertTrue(r.err().contains("at: --shape"), r.err());
    }
    assertEquals(2, Cli.run("bench", model, "--shape", "x=1x63", "--no-memory").code());
    assertEquals(2, Cli.run("bench").code());
  }
}
