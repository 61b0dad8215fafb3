package io.compressor.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.graph.Graphs;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.report.Report;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calibration that a pass cannot work with: what stops the run, and what only leaves a line. */
class BadCalibrationTest {
  private static final String RSQ = "pass: rsq\n    with: { bits: 4, rotate: false, importance: ";
  private static final String GPTQ =
      "pass: quantize\n    with: { method: gptq, bits: 4, activations: ";
  private static final Tensor IDS = Cases.ids("seen", 24);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {RSQ + "none }", GPTQ + "none }"})
  void theFirstSiteWhoseInputIsNeverFiniteStopsTheRun(String step) {
    String where = step.startsWith(RSQ) ? "in stage 'b1'" : "in the whole model";
    CompressorException e = refused(broken(), IDS, step, "");
    assertEquals(ErrorCode.DATA, e.code());
    assertEquals(2, e.code().exitCode());
    assertEquals("b1.wq", e.where());
    assertTrue(message(e).contains(where), e.getMessage());
    assertTrue(e.hint().contains("--skip-bad-sites"), e.hint());
  }

  @ParameterizedTest
  @ValueSource(strings = {RSQ + "none }", RSQ + "attention }", GPTQ + "none }"})
  void orIsLeftAsItWas(String step) {
    Report report = compress(broken(), IDS, step, "skip-bad-sites: true\n").report();
    assertTrue(report.sites().stream().anyMatch(s -> s.name().equals("b0.wq")));
    assertTrue(report.sites().stream().noneMatch(s -> s.name().startsWith("b1.")));
    assertTrue(
        report.skipped().stream()
            .anyMatch(s -> s.name().equals("b1.wq") && s.reason().contains("never finite")),
        report.skipped().toString());
  }

  @Test
  void scoresThatAreNotFiniteNameTheStage() {
    CompressorException e = refused(broken(), IDS, RSQ + "attention }", "");
    assertEquals(ErrorCode.DATA, e.code());
    assertTrue(e.where().startsWith("stage '"), e.where());
    assertTrue(message(e).contains("importance attention"), e.getMessage());
  }

  @Test
  void differencesOfStreamsOfTwoWidthsFallBackToEqualTokens() {
    Report report = compress(widening(), IDS, RSQ + "act-diff, head: 4 }", "").report();
    assertTrue(
        report.warnings().stream()
            .anyMatch(w -> w.contains("act-diff") && w.contains("count the same")),
        report.warnings().toString());
    assertEquals(4, report.sites().size(), report.skipped().toString());
  }

  @Test
  void fewTokensAreWarnedOf() {
    Report report = compress(RsqTest.decoder(), Cases.ids("few", 4), RSQ + "none }", "").report();
    assertTrue(
        report.warnings().stream().anyMatch(w -> w.contains("too little calibration data")),
        report.warnings().toString());
    Report enough = compress(RsqTest.decoder(), Cases.ids("s", 48), RSQ + "none }", "").report();
    assertFalse(
        enough.warnings().stream().anyMatch(w -> w.contains("'b0.wq'")),
        enough.warnings().toString());
  }

  @ParameterizedTest
  @ValueSource(longs = {500, -1, Long.MAX_VALUE})
  void idsThatNoRowBelongsToAreNamedBeforeTheRun(long id) {
    long[] ids = IDS.toLongs();
    ids[3 * Cases.TOKENS + 2] = id;
    Tensor bad = Tensor.ofLongs("bad", IDS.dims(), ids);
    for (String step : List.of(RSQ + "none }", GPTQ + "none }")) {
      CompressorException e = refused(RsqTest.decoder(), bad, step, "");
      assertEquals(ErrorCode.DATA, e.code());
      assertEquals("ids", e.where());
      for (String part : List.of("sample 3 ", "the id " + id, "500 rows", "table")) {
        assertTrue(message(e).contains(part), part + ": " + e.getMessage());
      }
    }
  }

  /** The second block's first norm makes NaN of everything. */
  private static Model broken() {
    Model model = RsqTest.decoder();
    Map<String, Tensor> weights = new LinkedHashMap<>(model.graph().initializers());
    float[] gain = new float[64];
    Arrays.fill(gain, Float.NaN);
    weights.put("b1.n1.gain", Tensor.ofFloats("b1.n1.gain", new long[] {64}, gain));
    return model.withGraph(model.graph().withInitializers(weights));
  }

  private static Model widening() {
    return Graphs.graph()
        .input("ids", ElementType.INT64, -1, Cases.TOKENS)
        .constant(Cases.scaled("table", 1, 500, 64))
        .constant(Cases.scaled("w1", 64, 64, 96))
        .constant(Cases.scaled("w2", 96, 96, 128))
        .constant(Cases.scaled("w3", 128, 128, 64))
        .node("Gather", "e", List.of("table", "ids"))
        .node("MatMul", "m1", List.of("e", "w1"))
        .node("Relu", "r1", List.of("m1"))
        .node("MatMul", "m2", List.of("r1", "w2"))
        .node("Relu", "r2", List.of("m2"))
        .node("MatMul", "y", List.of("r2", "w3"))
        .output("y", -1, Cases.TOKENS, 64)
        .model(17);
  }

  private CompressorException refused(Model model, Tensor ids, String step, String top) {
    CompressorException e =
        assertThrows(CompressorException.class, () -> compress(model, ids, step, top));
    assertFalse(e.hint().isBlank());
    assertFalse(message(e).contains("onnxruntime"), e.getMessage());
    return e;
  }

  private static String message(CompressorException e) {
    return String.valueOf(e.getMessage());
  }

  private CompressionResult compress(Model model, Tensor ids, String step, String top) {
    Path input = Cases.save(model, folder.resolve("in.onnx"));
    Path data = Cases.save("ids", ids, folder.resolve(ids.name() + ".npz"));
    return Compressor.compress(
        CompressionRequest.of(input, folder.resolve("out.onnx"))
            .recipe(Cases.recipe(top + "steps:\n  - " + step + "\nencoding: { prefer: size }\n"))
            .calibration(DataSource.of(data))
            .threads(1)
            .force(true));
  }
}
