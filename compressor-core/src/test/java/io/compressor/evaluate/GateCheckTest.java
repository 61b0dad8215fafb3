package io.compressor.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Stopwatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gate on real files through a real runtime. */
class GateCheckTest {
  private static final GateRule HALF_A_POINT = GateRule.maxDrop("top1", 0.005);

  @TempDir Path folder;
  private Path base;
  private final MemoryData data = EvaluationTest.classified(200);

  @BeforeEach
  void writeBase() throws Exception {
    base = write("base", "x", 1, 0, 0, 0);
  }

  @Test
  void aModelAgainstItselfPassesWithNothingLostAndNothingInDoubt() {
    GateRule sure = GateRule.maxDrop("top1", 0).atConfidence(0.99);
    GateResult result = Gate.check(base, base, data, sure, GateRule.maxSizeShare(1));
    assertTrue(result.passed(), result.toString());
    assertEquals(0, result.rules().get(0).value());
  }

  @Test
  void aModelThatSaysSomethingElseFails() throws Exception {
    Path biased = write("biased", "x", 1, 0.3f, 0, 0);
    GateResult result = Gate.check(base, biased, data, HALF_A_POINT);
    assertFalse(result.passed());
    assertEquals(Verdict.FAILED, result.rules().get(0).verdict());
  }

  @Test
  void aModelThatScalesItsLogitsAgreesEverywhereButIsNotTheSame() throws Exception {
    Path scaled = write("scaled", "x", 2, 0, 0, 0);
    GateResult result =
        Gate.check(
            base,
            scaled,
            data,
            HALF_A_POINT,
            GateRule.minimum("agreement", 1),
            GateRule.maximum("max-abs", 0.1));
    assertTrue(result.rules().get(0).passed());
    assertTrue(result.rules().get(1).passed());
    assertFalse(result.rules().get(2).passed());
    // nothing lost in 200 samples does not prove that less than half a point is lost
    GateRule sure = GateRule.maxDrop("top1", 0.005).atConfidence(0.95);
    RuleResult undecided = Gate.check(base, scaled, data, sure).rules().get(0);
    assertEquals(Verdict.UNDECIDED, undecided.verdict());
    assertTrue(undecided.note().contains("about 539 (339 more) would"), undecided.note());
  }

  @Test
  void aModelOfNotANumberFailsWithTheSampleNamed() throws Exception {
    Path broken = write("broken", "x", 1, Float.NaN, 0, 0);
    RuleResult rule = Gate.check(base, broken, data, HALF_A_POINT).rules().get(0);
    assertEquals(Verdict.FAILED, rule.verdict());
    assertTrue(rule.note().contains("not a number in 200 of 200 rows"), rule.note());
  }

  @Test
  void latencyIsMeasuredWhenARuleAsksAndNotElse() {
    GateCheck quick = check(List.of(HALF_A_POINT));
    assertTrue(quick.run(Progress.NONE).latency().isEmpty());
    GateCheck timed = check(List.of(GateRule.maxLatencyShare(1000)));
    GateCheck.Outcome outcome = timed.run(Progress.NONE);
    assertTrue(outcome.gate().passed());
    assertEquals(2, outcome.latency().orElseThrow().size());
  }

  @Test
  void sizesAreThoseOfTheFiles() throws Exception {
    GateCheck.Outcome outcome = check(List.of(HALF_A_POINT)).run(Progress.NONE);
    assertEquals(Files.size(base), outcome.evidence().sizes().base());
  }

  @Test
  void modelsOfOtherInputsAreRefused() throws Exception {
    Path other = write("other", "z", 1, 0, 0, 0);
    CompressorException e =
        assertThrows(CompressorException.class, () -> Gate.check(base, other, data, HALF_A_POINT));
    assertEquals(ErrorCode.MODEL, e.code());
    assertTrue(e.getMessage().contains("[z]"), e.getMessage());
  }

  @Test
  void aCheckOfNothingIsRefused() {
    CompressorException e =
        assertThrows(CompressorException.class, () -> Gate.check(base, base, data));
    assertEquals(ErrorCode.USAGE, e.code());
  }

  @Test
  void aBaselineOfOtherDataIsRefusedBeforeAnythingRuns() {
    Baseline foreign = new Baseline(1, "other", 1, Map.of("top1", new Baseline.Entry(1, 9, 1, 1)));
    GateCheck check =
        new GateCheck(
            base,
            folder.resolve("does-not-exist.onnx"),
            data,
            List.of(),
            List.of(HALF_A_POINT),
            Optional.of(foreign),
            EvaluationOptions.defaults(),
            SessionSettings.withThreads(1),
            GateCheck.Timing.WHEN_A_RULE_ASKS,
            Stopwatch.rounds(3));
    CompressorException e = assertThrows(CompressorException.class, () -> check.run(Progress.NONE));
    assertEquals(ErrorCode.DATA, e.code());
  }

  private GateCheck check(List<GateRule> rules) {
    return new GateCheck(
        base,
        base,
        data,
        List.of(),
        rules,
        Optional.empty(),
        EvaluationOptions.defaults(),
        SessionSettings.withThreads(1),
        GateCheck.Timing.WHEN_A_RULE_ASKS,
        Stopwatch.rounds(3));
  }

  /** input [N,4] → logits = scale * input + bias. */
  private Path write(String name, String input, float scale, float... bias) throws Exception {
    float[] w = new float[16];
    for (int i = 0; i < 4; i++) {
      w[5 * i] = scale;
    }
    TensorType batch =
        new TensorType(
            ElementType.FLOAT, Optional.of(List.of(new Dim.Named("n"), new Dim.Fixed(4))));
    Graph graph =
        new Graph(
            "g",
            List.of(Node.of("Gemm", List.of(input, "w", "b"), List.of("y"))),
            Map.of(
                "w", Tensor.ofFloats("w", new long[] {4, 4}, w),
                "b", Tensor.ofFloats("b", new long[] {4}, java.util.Arrays.copyOf(bias, 4))),
            List.of(),
            List.of(Value.of(input, batch)),
            List.of(Value.of("y", batch)),
            List.of(),
            Bytes.empty());
    return Files.write(folder.resolve(name + ".onnx"), OnnxWriter.toBytes(Model.of(8, 17, graph)));
  }
}
