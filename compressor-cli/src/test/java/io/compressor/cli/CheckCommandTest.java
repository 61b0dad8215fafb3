package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
  @TempDir Path dir;
  private Path base;
  private Path other;
  private Path data;

  @BeforeEach
  void write() {
    base = Models.write(dir.resolve("a.onnx"), Models.classifier(1));
    other = Models.write(dir.resolve("b.onnx"), Models.classifier(9));
    data = Samples.write(dir.resolve("d.npz"), 60);
  }

  @Test
  void identicalModelsPassWithDropZero() throws IOException {
    Cli r =
        Cli.run(
            "check", base, base, "--data", data, "-m", "top1", "--max-drop", "0%", "--json", "-q");
    assertEquals(0, r.code(), r.err());
    JsonNode json = new ObjectMapper().readTree(r.out());
    assertTrue(json.at("/gate/passed").asBoolean());
    assertEquals(0.0, json.at("/quality/0/drop").asDouble());
  }

  @Test
  void aDropAboveTheLimitExitsThreeAndStillReports() {
    Path report = dir.resolve("report");
    Cli r =
        Cli.run(
            "check",
            base,
            other,
            "--data",
            data,
            "-m",
            "cosine",
            "--max-drop",
            "0.1%",
            "--report",
            report);
    assertEquals(3, r.code(), r.out() + r.err());
    assertTrue(r.out().startsWith("gate not met"), r.out());
    assertTrue(r.out().contains("failed  max-drop cosine"), r.out());
    for (String file : new String[] {"report.json", "report.html", "report.md", "junit.xml"}) {
      assertTrue(Files.exists(report.resolve(file)), file);
    }
  }

  @Test
  void sizeNeedsNoData() {
    assertEquals(0, Cli.run("check", base, other, "--max-size", "100%").code());
    assertEquals(3, Cli.run("check", base, other, "--max-size", "1kB").code());
  }

  @Test
  void aBaselineIsWrittenAndCountedFrom() {
    Path file = dir.resolve("baseline.json");
    Cli first =
        Cli.run(
            "check",
            base,
            base,
            "--data",
            data,
            "-m",
            "top1",
            "--max-drop",
            "0%",
            "--write-baseline",
            file,
            "-q");
    assertEquals(0, first.code(), first.err());
    Cli again =
        Cli.run(
            "check",
            base,
            base,
            "--data",
            data,
            "-m",
            "top1",
            "--max-drop",
            "0%",
            "--baseline",
            file,
            "-q");
    assertEquals(0, again.code(), again.out() + again.err());
    assertTrue(again.out().contains("from baseline"), again.out());
  }

  @Test
  void whatCannotBeJudgedIsAnInputError() throws IOException {
    Path broken = Files.writeString(dir.resolve("broken.json"), "{}");
    Object[][] bad = {
      {"check", base, other},
      {"check", base, other, "--data", data},
      {"check", base, other, "--data", data, "-m", "top1"},
      {"check", base, other, "--data", data, "--max-drop", "1%"},
      {"check", base, other, "-m", "top1", "--max-drop", "1%"},
      {"check", base, other, "--max-latency", "50%"},
      {"check", base, other, "--data", data, "-m", "top1", "--max-drop", "banana"},
      {"check", base, other, "--data", data, "-m", "top1", "--max-drop", "1%", "--confidence", "9"},
      {"check", base, other, "--max-size", "100%", "--confidence", "95%"},
      {"check", base, other, "--max-size", "0%"},
      {"check", base, other, "--max-size", "5ms"},
      {"check", base, dir.resolve("none.onnx"), "--max-size", "50%"},
      {
        "check", base, other, "--data", data, "-m", "top1", "--max-drop", "1%", "--baseline", broken
      },
    };
    for (Object[] args : bad) {
      Cli r = Cli.run(args);
      assertEquals(2, r.code(), Arrays.toString(args) + r.out() + r.err());
      assertTrue(r.err().contains("error: "), r.err());
      assertFalse(r.err().contains("this is a bug"), r.err());
    }
  }
}
