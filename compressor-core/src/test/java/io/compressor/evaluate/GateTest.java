package io.compressor.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {
  private static final Evidence.Sizes SIZES = new Evidence.Sizes(1000, 260);

  @Test
  void aDropOfExactlyTheLimitPasses() {
    // 0.807 against 0.802 of 1000: 5 lost, limit 0.005
    RuleResult rule = judge(GateRule.maxDrop("top1", 0.005), top1(807, 5, 0, 1000));
    assertEquals(Verdict.PASSED, rule.verdict());
    assertEquals(
        Verdict.FAILED, judge(GateRule.maxDrop("top1", 0.005), top1(807, 6, 0, 1000)).verdict());
  }

  @Test
  void theSameLimitAtAConfidenceIsStricter() {
    GateRule rule = GateRule.maxDrop("top1", 0.005).atConfidence(0.95);
    RuleResult result = judge(rule, top1(807, 5, 2, 1000));
    assertEquals(Verdict.UNDECIDED, result.verdict());
    assertFalse(result.passed());
    assertTrue(result.value() > 0.005);
    assertTrue(
        result.note().matches(".*1000 samples cannot decide at 95% confidence; about \\d+ .*"),
        result.note());
  }

  @Test
  void aClearLossFailsAndAClearGainPassesAtAnyConfidence() {
    GateRule rule = GateRule.maxDrop("top1", 0.005).atConfidence(0.95);
    assertEquals(Verdict.FAILED, judge(rule, top1(800, 100, 10, 1000)).verdict());
    assertEquals(Verdict.PASSED, judge(rule, top1(800, 10, 60, 1000)).verdict());
  }

  @Test
  void aNarrowPassWithoutConfidenceSaysSo() {
    RuleResult result = judge(GateRule.maxDrop("top1", 0.005), top1(807, 5, 2, 1000));
    assertTrue(result.passed());
    assertTrue(result.note().contains("narrow"), result.note());
  }

  @Test
  void notANumberFailsWithItsReason() {
    PairedResult broken =
        new PairedResult(
            Metrics.parse("top1"),
            new Proportion(8, 10),
            Estimate.exact(Double.NaN, 10),
            Estimate.exact(Double.NaN, 10),
            OptionalDouble.empty(),
            "candidate: output is not a number in 1 of 10 rows, first in row 4. ");
    for (GateRule rule : List.of(GateRule.maxDrop("top1", 1), GateRule.minimum("top1", 0))) {
      RuleResult result = judge(rule, broken);
      assertEquals(Verdict.FAILED, result.verdict());
      assertTrue(result.note().contains("first in row 4"), result.note());
    }
  }

  @Test
  void sizeIsComparedInBytesOrAsAShare() {
    PairedResult any = top1(8, 0, 0, 10);
    assertTrue(judge(GateRule.maxBytes(260), any).passed());
    assertFalse(judge(GateRule.maxBytes(259), any).passed());
    assertTrue(judge(GateRule.maxSizeShare(0.26), any).passed());
    assertFalse(judge(GateRule.maxSizeShare(0.25), any).passed());
  }

  @Test
  void latencyIsComparedInMillisecondsOrAsAShare() {
    Evidence evidence =
        Evidence.of(new Comparison(List.of(), false), SIZES).timing(new Evidence.Timing(10, 4));
    assertTrue(Gate.judge(List.of(GateRule.maxMillis(4)), evidence).passed());
    assertTrue(Gate.judge(List.of(GateRule.maxLatencyShare(0.4)), evidence).passed());
    assertFalse(Gate.judge(List.of(GateRule.maxLatencyShare(0.39)), evidence).passed());
  }

  @Test
  void minimumAndMaximumBoundTheCandidateItself() {
    PairedResult r = top1(80, 2, 0, 100);
    assertTrue(judge(GateRule.minimum("top1", 0.78), r).passed());
    assertFalse(judge(GateRule.minimum("top1", 0.79), r).passed());
    assertEquals(
        Verdict.UNDECIDED, judge(GateRule.minimum("top1", 0.75).atConfidence(0.95), r).verdict());
    CompressorException e =
        assertThrows(CompressorException.class, () -> GateRule.minimum("perplexity", 3));
    assertEquals(ErrorCode.USAGE, e.code());
  }

  @Test
  void oneFailedRuleFailsTheGateAndAllAreListed() {
    Evidence evidence = Evidence.of(new Comparison(List.of(top1(8, 0, 0, 10)), false), SIZES);
    GateResult result =
        Gate.judge(List.of(GateRule.maxBytes(1), GateRule.maxDrop("top1", 0.1)), evidence);
    assertFalse(result.passed());
    assertEquals(2, result.rules().size());
    assertTrue(result.rules().get(1).passed());
  }

  @Test
  void rulesReadAsTheyAreWritten() {
    assertEquals(
        "max-drop top1 0.5% at 95% confidence",
        GateRule.maxDrop("top1", 0.005).atConfidence(0.95).text());
    assertEquals("minimum mcc 0.61", GateRule.minimum("mcc", 0.61).text());
    assertEquals("max-size 26.5%", GateRule.maxSizeShare(0.265).text());
    assertEquals("max-latency 12 ms", GateRule.maxMillis(12).text());
    assertEquals("max-drop kl 0.02", GateRule.maxDrop("kl", 0.02).text());
  }

  @Test
  void senselessLimitsAreRefused() {
    assertThrows(CompressorException.class, () -> GateRule.maxDrop("top1", -0.1));
    assertThrows(CompressorException.class, () -> GateRule.maxDrop("top1", Double.NaN));
    assertThrows(CompressorException.class, () -> GateRule.maxDrop("top1", 0.1).atConfidence(1));
    assertThrows(
        CompressorException.class, () -> judge(GateRule.maxDrop("f1", 1), top1(8, 0, 0, 10)));
    assertThrows(CompressorException.class, () -> judge(GateRule.maxMillis(1), top1(8, 0, 0, 10)));
  }

  @Test
  void aBaselineFileIsComparedInsteadOfTheBase(@TempDir Path folder) throws Exception {
    PairedResult earlier = top1(850, 10, 0, 1000); // reached 0.84
    Path file = folder.resolve("baseline.json");
    Baseline written = Baseline.of(new Comparison(List.of(earlier), false), "abc", 260);
    Files.writeString(file, written.toJson());
    Baseline baseline = Baseline.read(file).on("abc");
    assertEquals(written, baseline);
    Evidence now =
        Evidence.of(new Comparison(List.of(top1(850, 20, 0, 1000)), false), SIZES)
            .baseline(baseline);
    GateRule close = GateRule.maxDrop("top1", 0.01).fromBaseline();
    RuleResult result = Gate.judge(List.of(close), now).rules().get(0);
    assertEquals(0.01, result.value(), 1e-12); // 0.84 then, 0.83 now
    assertTrue(result.passed());
    assertFalse(Gate.judge(List.of(GateRule.maxDrop("top1", 0.009).fromBaseline()), now).passed());
    assertThrows(CompressorException.class, () -> baseline.on("abd"));
  }

  @Test
  void brokenBaselinesAreRefused(@TempDir Path folder) throws Exception {
    for (String text : List.of("", "{", "[]", "null", "{\"baseline\":2}", "{\"x\":1}")) {
      Path file = folder.resolve("baseline.json");
      Files.writeString(file, text);
      CompressorException e =
          assertThrows(CompressorException.class, () -> Baseline.read(file), text);
      assertEquals(ErrorCode.DATA, e.code(), text);
    }
    CompressorException e =
        assertThrows(CompressorException.class, () -> Baseline.read(folder.resolve("none.json")));
    assertEquals(ErrorCode.IO, e.code());
  }

  private static RuleResult judge(GateRule rule, PairedResult result) {
    return Gate.judge(List.of(rule), Evidence.of(new Comparison(List.of(result), false), SIZES))
        .rules()
        .get(0);
  }

  private static PairedResult top1(int right, int lost, int won, int n) {
    return new PairedResult(
        Metrics.parse("top1"),
        new Proportion(right, n),
        new Proportion(right - lost + won, n),
        new PairedProportions(lost, won, n),
        OptionalDouble.of(McNemar.midP(lost, won)),
        "");
  }
}
