package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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

class CompressCommandTest {
  @TempDir Path dir;
  private Path model;
  private Path data;
  private Path out;

  @BeforeEach
  void write() {
    model = Models.write(dir.resolve("m.onnx"), Models.classifier(1));
    data = Samples.write(dir.resolve("d.npz"), 60);
    out = dir.resolve("out.onnx");
  }

  @Test
  void writesModelReportAndSummary() throws IOException {
    Path report = dir.resolve("report");
    Cli r =
        Cli.run(
            "compress",
            model,
            "-o",
            out,
            "-p",
            "int8",
            "--eval-data",
            data,
            "-m",
            "cosine",
            "--max-drop",
            "50%",
            "--report",
            report);
    assertEquals(0, r.code(), r.out() + r.err());
    assertTrue(r.out().startsWith("gate passed"), r.out());
    assertTrue(r.out().contains("model    " + out), r.out());
    JsonNode json = new ObjectMapper().readTree(report.resolve("report.json").toFile());
    assertTrue(json.at("/provenance/command").asText().startsWith("compressor compress "));
    Cli verified = Cli.run("verify", out, "--parent", model);
    assertEquals(0, verified.code(), verified.out());
    assertTrue(verified.out().contains("passed"), verified.out());
  }

  @Test
  void aRunThatFindsNothingToCompressSaysSoAndWhy() {
    Models.write(model, Models.stack(2, 8));
    Cli r = Cli.run("compress", model, "-o", out, "-p", "bct");
    assertEquals(0, r.code(), r.out() + r.err());
    assertTrue(r.out().contains("nothing compressed: 3 weights were left"), r.out());
    assertTrue(r.out().contains("nothing to gain"), r.out());
  }

  @Test
  void activationsThatAreNeverFiniteStopTheRunOrAreSkipped() {
    Models.write(model, Models.overflowing());
    Object[] args = {
      "compress", model, "-o", out, "-p", "tiny", "--data", data, "--set", "quantize.smooth=0"
    };
    Cli stopped = Cli.run(args);
    assertEquals(2, stopped.code(), stopped.out() + stopped.err());
    assertTrue(stopped.err().contains("fc1.weight"), stopped.err());
    assertTrue(stopped.err().contains("--skip-bad-sites"), stopped.err());
    assertFalse(Files.exists(out));
    Object[] more = Arrays.copyOf(args, args.length + 1);
    more[args.length] = "--skip-bad-sites";
    Cli skipped = Cli.run(more);
    assertEquals(0, skipped.code(), skipped.out() + skipped.err());
    assertTrue(Files.exists(out), skipped.out());
  }

  @Test
  void memoryIsASizeThatAProcessCanLiveIn() {
    Cli refused = Cli.run("compress", model, "-o", out, "-p", "int8", "--memory", "10MB");
    assertEquals(2, refused.code(), refused.err());
    assertTrue(refused.err().contains("--memory"), refused.err());
    assertTrue(refused.err().contains("256MiB"), refused.err());
    Cli limited = Cli.run("compress", model, "-o", out, "-p", "int8", "--memory", "1GiB");
    assertEquals(0, limited.code(), limited.err());
  }

  @Test
  void aMissedGateExitsThreeAndKeepsTheModel() {
    Cli r =
        Cli.run(
            "compress",
            model,
            "-o",
            out,
            "-p",
            "int8",
            "--eval-data",
            data,
            "-m",
            "cosine",
            "--max-drop",
            "0%",
            "--set",
            "quantize.bits=2",
            "-q");
    assertEquals(3, r.code(), r.out() + r.err());
    assertTrue(Files.exists(out));
    assertEquals(3, Cli.run("verify", out).code());
  }

  @Test
  void aWorkspaceResumesItsOwnRunAndRefusesAnother() {
    Path workspace = dir.resolve("workspace");
    Object[] command = {
      "compress", model, "-o", out, "-p", "small", "--workspace", workspace, "-q", "--force"
    };
    Cli first = Cli.run(command);
    assertEquals(0, first.code(), first.err());
    assertFalse(first.out().contains("resumed"), first.out());
    Cli again = Cli.run(command);
    assertEquals(0, again.code(), again.err());
    assertTrue(again.out().contains("resumed: 1 of 1 sites were already solved"), again.out());

    Path other = Models.write(dir.resolve("other.onnx"), Models.classifier(9));
    Cli refused =
        Cli.run("compress", other, "-o", out, "-p", "small", "--workspace", workspace, "--force");
    assertEquals(2, refused.code(), refused.out());
    assertTrue(refused.err().contains("model.sha256: found "), refused.err());
    Cli recipe =
        Cli.run(
            "compress",
            model,
            "-o",
            out,
            "-p",
            "small",
            "--set",
            "quantize.bits=3",
            "--workspace",
            workspace,
            "--force");
    assertEquals(2, recipe.code(), recipe.out());
    assertTrue(recipe.err().contains("recipe.steps[0].with.bits: found "), recipe.err());
  }

  @Test
  void targetsAreJudgedOnTheFile() {
    Cli r = Cli.run("compress", model, "-o", out, "-p", "int8", "--target", "size=1kB");
    assertEquals(3, r.code(), r.out() + r.err());
    assertTrue(r.out().contains("failed  max-size"), r.out());
  }

  @Test
  void theInputIsNeverChangedAndOutputsOnlyWithForce() throws IOException {
    byte[] before = Files.readAllBytes(model);
    Cli same = Cli.run("compress", model, "-o", model, "-p", "int8", "--force");
    assertEquals(2, same.code());
    Files.writeString(out, "mine");
    Cli exists = Cli.run("compress", model, "-o", out, "-p", "int8");
    assertEquals(2, exists.code());
    assertTrue(exists.err().contains("--force"), exists.err());
    assertEquals("mine", Files.readString(out));
    assertArrayEquals(before, Files.readAllBytes(model));
    assertEquals(0, Cli.run("compress", model, "-o", out, "-p", "int8", "--force").code());
  }

  @Test
  void badInputLeavesNothingBehind() throws IOException {
    Path none = dir.resolve("none");
    Path empty =
        Files.writeString(
            dir.resolve("r.yaml"),
            "recipe: 1\nsteps:\n- pass: quantize\n" + "  match: {name: nothing}\n");
    Object[][] bad = {
      {"compress", model},
      {"compress", model, "-o", out},
      {"compress", model, "-o", "-", "-p", "int8"},
      {"compress", "-", "-o", out, "-p", "int8"},
      {"compress", none, "-o", out, "-p", "int8"},
      {"compress", model, "-o", none.resolve("x.onnx"), "-p", "int8"},
      {"compress", model, "-o", dir, "-p", "int8"},
      {"compress", model, "-o", out, "-p", "int9"},
      {"compress", model, "-o", out, "-r", empty},
      {"compress", model, "-o", out, "-p", "int8", "--set", "quantize.bits=banana"},
      {"compress", model, "-o", out, "-p", "int8", "--target", "speed=3"},
      {"compress", model, "-o", out, "-p", "int8", "--target", "size=3"},
      {"compress", model, "-o", out, "-p", "int8", "--max-drop", "1%"},
      {"compress", model, "-o", out, "-p", "int8", "--data", none},
      {"compress", model, "-o", out, "-p", "int8", "--eval-data", data, "-m", "top9"},
      {"compress", model, "-o", out, "-p", "int8", "--threads", "0"},
      {"compress", model, "-o", out, "-p", "int8", "--seed", "x"},
    };
    for (Object[] args : bad) {
      Cli r = Cli.run(args);
      assertEquals(2, r.code(), Arrays.toString(args) + r.out() + r.err());
      assertFalse(r.err().contains("this is a bug"), r.err());
      assertEquals("", r.out());
      assertFalse(Files.exists(out), Arrays.toString(args));
    }
    try (var files = Files.list(dir)) {
      assertEquals(3, files.count(), "model, data and recipe");
    }
  }

  @Test
  void planSaysWhatCompressThenDoes() throws IOException {
    Cli plan = Cli.run("plan", model, "-p", "small", "--json", "-q");
    assertEquals(0, plan.code(), plan.err());
    JsonNode planned = new ObjectMapper().readTree(plan.out());
    Cli done = Cli.run("compress", model, "-o", out, "-p", "small", "--json", "-q");
    JsonNode sites = new ObjectMapper().readTree(done.out()).at("/sites");
    assertEquals(sites.size(), planned.at("/sites").size());
    assertEquals(sites.at("/0/encoding"), planned.at("/sites/0/encoding"));
    assertEquals(sites.at("/0/bytesAfter"), planned.at("/sites/0/bytesAfter"));
    assertEquals(2, Cli.run("plan", model).code());
    assertEquals(2, Cli.run("plan", dir.resolve("none"), "-p", "small").code());
  }

  @Test
  void jsonIsTheReport() throws IOException {
    Cli r = Cli.run("compress", model, "-o", out, "-p", "small", "--json", "-q");
    assertEquals(0, r.code(), r.err());
    assertEquals("", r.err());
    assertEquals(1, new ObjectMapper().readTree(r.out()).at("/schema").asInt());
  }

  @Test
  void demoWithoutItsArchivesSaysHowToGetThem() {
    Cli r = Cli.run("demo", "--dir", dir.resolve("demo"));
    assertEquals(2, r.code());
    assertTrue(r.err().contains("hint: run "), r.err());
  }
}
