package io.compressor.samples;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.evaluate.GateCheck;
import io.compressor.evaluate.GateRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateInCiSampleTest {
  @TempDir Path dir;
  private Path base;
  private Path data;
  private Path junit;

  @BeforeEach
  void write() throws IOException {
    base = Toys.classifier(dir.resolve("base.onnx"));
    data = Toys.data(dir.resolve("dev.npz"), 64, 2);
    junit = dir.resolve("junit.xml");
  }

  @Test
  void aModelPassesAgainstItselfAndEachRuleIsATestCase() throws IOException {
    GateCheck.Outcome outcome =
        GateInCiSample.check(
            base,
            base,
            data,
            List.of(GateRule.maxDrop("top1", 0), GateRule.maxSizeShare(1)),
            junit);
    assertTrue(outcome.gate().passed(), outcome.gate().toString());
    String xml = Files.readString(junit);
    assertTrue(xml.contains("tests=\"2\" failures=\"0\""), xml);
  }

  @Test
  void aMissedLimitIsAFailedTestCase() throws IOException {
    GateCheck.Outcome outcome = GateInCiSample.check(base, base, data, GateInCiSample.RULES, junit);
    assertFalse(outcome.gate().passed());
    assertTrue(Files.readString(junit).contains("<failure "), Files.readString(junit));
  }
}
