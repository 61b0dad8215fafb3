package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.compressor.evaluate.GateRule;
import java.util.List;
import org.junit.jupiter.api.Test;

class GateRulesTest {
  @Test
  void noGateIsNoRule() {
    assertEquals(List.of(), rules("steps: []\n"));
    assertEquals(List.of(), rules("steps: []\ngates: { metric: cosine }\n"));
  }

  @Test
  void everyMetricGetsTheLimit() {
    assertEquals(
        List.of(GateRule.maxDrop("cosine", 0.01), GateRule.maxDrop("agreement", 0.01)),
        rules("steps: []\ngates: { metric: [cosine, agreement], max-drop: 1% }\n"));
  }

  @Test
  void confidenceIsHandedOn() {
    assertEquals(
        List.of(GateRule.maxDrop("top1", 0.005).atConfidence(0.95)),
        rules("steps: []\ngates: { metric: top1, max-drop: 0.5%, confidence: 95% }\n"));
  }

  @Test
  void budgetsAreGatesWhereNoGateSaysOtherwise() {
    assertEquals(
        List.of(
            GateRule.maxDrop("top1", 0.02),
            GateRule.maxSizeShare(0.25),
            GateRule.maxLatencyShare(0.6)),
        rules(
            "steps: []\nbudget: { size: 25%, latency: 60%, max-drop: 2% }\n"
                + "gates: { metric: top1 }\n"));
    assertEquals(
        List.of(GateRule.maxBytes(2000)),
        rules("steps: []\nbudget: { size: 25% }\ngates: { max-size: 2kB }\n"));
  }

  @Test
  void absoluteAmountsStayAbsolute() {
    assertEquals(List.of(GateRule.maxMillis(5)), rules("steps: []\ngates: { max-latency: 5ms }\n"));
  }

  private static List<GateRule> rules(String yaml) {
    return GateRules.of(Cases.recipe(yaml).recipe());
  }
}
