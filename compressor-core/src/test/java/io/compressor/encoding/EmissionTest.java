package io.compressor.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.onnx.ModelVerifier;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.UniformGrid;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmissionTest {
  private static final QuantSpec W4 = new QuantSpec(4, 8, true, false);

  /** Three products that read x, a fourth that reads their sum; written in reverse order. */
  private static Model attention() {
    return Bench.model(
        "x",
        ElementType.FLOAT,
        List.of(
            Node.of("Mul", List.of("x", "two"), List.of("h")),
            Node.of("MatMul", List.of("h", "wq"), List.of("q")),
            Node.of("MatMul", List.of("h", "wk"), List.of("k")),
            Node.of("MatMul", List.of("h", "wv"), List.of("v")),
            Node.of("Sum", List.of("q", "k", "v"), List.of("s")),
            Node.of("MatMul", List.of("s", "wo"), List.of("y"))),
        Tensor.scalar("two", 2),
        Bench.noise("wq", 1, 32, 32),
        Bench.noise("wk", 2, 32, 32),
        Bench.noise("wv", 3, 32, 32),
        Bench.noise("wo", 4, 32, 24));
  }

  private static long count(Model model, String op) {
    return model.graph().nodes().stream().filter(n -> n.opType().equals(op)).count();
  }

  private static Model emitReversed(Model model, Encoding e, QuantSpec spec, EmitOptions options) {
    Emission emission = new Emission(model);
    List<Site> sites = SiteFinder.scan(model).sites();
    for (int i = sites.size() - 1; i >= 0; i--) {
      e.emit(emission, sites.get(i), Bench.quantize(sites.get(i), e, spec), options);
    }
    return emission.build();
  }

  private static Model restoredAll(Model model, Encoding e, QuantSpec spec) {
    Map<String, Tensor> all = new LinkedHashMap<>(model.graph().initializers());
    for (Site site : SiteFinder.scan(model).sites()) {
      float[] w = Bench.quantize(site, e, spec).dequantize();
      String name = site.weight().name();
      all.put(name, Tensor.ofFloats(name, site.weight().dims(), site.layout().toStored(w)));
    }
    return model.withGraph(model.graph().withInitializers(all));
  }

  @Test
  void sitesThatReadTheSameValueShareItsQuantization() {
    Model model = attention();
    Model written = emitReversed(model, Encodings.TABLE_INT8, W4, EmitOptions.none());
    assertEquals(2, count(written, "DynamicQuantizeLinear"));
    assertEquals(4, count(written, "MatMulInteger"));
    ModelVerifier.verifyOrThrow(written);
    List<Tensor> x = List.of(Bench.noise("x", 9, 5, 32));
    double error =
        Bench.error(
            Bench.run(restoredAll(model, Encodings.TABLE_INT8, W4), x).get(0),
            Bench.run(written, x).get(0));
    assertTrue(error < 0.02, "8-bit activations, twice: " + error);
  }

  @Test
  void equalSmoothingIsDividedOnceAndDifferentSmoothingApart() {
    Model model = attention();
    float[] ones = new float[32];
    Arrays.fill(ones, 0.5f);
    Model same = emitReversed(model, Encodings.DYNAMIC_INT8, W4, EmitOptions.smoothed(ones));
    assertEquals(2, count(same, "DynamicQuantizeLinear"));
    assertEquals(count(model, "Mul") + 2 + 8, count(same, "Mul"));
    Emission emission = new Emission(model);
    int i = 1;
    for (Site site : SiteFinder.scan(model).sites()) {
      float[] s = new float[32];
      Arrays.fill(s, i++);
      QuantizedWeight w = Bench.quantize(site, Encodings.DYNAMIC_INT8, W4);
      Encodings.DYNAMIC_INT8.emit(emission, site, w, EmitOptions.smoothed(s));
    }
    assertEquals(4, count(emission.build(), "DynamicQuantizeLinear"));
  }

  @Test
  void equalTablesAndConstantsAreWrittenOnce() {
    Model written =
        emitReversed(
            attention(),
            Encodings.TABLE_FLOAT,
            new QuantSpec(3, 8, true, false),
            EmitOptions.none());
    assertEquals(1, count(written, "Range"));
    long codebooks =
        written.graph().initializers().keySet().stream()
            .filter(n -> n.startsWith("codebook"))
            .count();
    assertEquals(1, codebooks);
  }

  @Test
  void aTiedWeightIsWrittenOnceForAllItsReaders() {
    Model model =
        Bench.model(
            "x",
            ElementType.FLOAT,
            List.of(
                Node.of("MatMul", List.of("x", "w"), List.of("h")),
                Node.of("Relu", List.of("h"), List.of("r")),
                Node.of("MatMul", List.of("r", "w"), List.of("y"))),
            Bench.noise("w", 1, 32, 32));
    Site site = SiteFinder.scan(model).sites().get(0);
    assertTrue(site.isShared());
    for (Encoding e : List.of(Encodings.TABLE_INT8, Encodings.TABLE_FLOAT, Encodings.NBITS)) {
      QuantSpec spec = new QuantSpec(4, 16, true, false);
      QuantizedWeight weight = Bench.quantize(site, e, spec);
      Emission emission = new Emission(model);
      e.emit(emission, site, weight, EmitOptions.none());
      Model written = emission.build();
      assertEquals(e.bytes(site, spec), Bench.weightBytes(written), e.id());
      assertFalse(written.graph().initializers().containsKey("w"), e.id());
      List<Tensor> x = List.of(Bench.noise("x", 9, 5, 32));
      double error =
          Bench.error(
              Bench.run(restoredAll(model, e, spec), x).get(0), Bench.run(written, x).get(0));
      assertTrue(error < 0.02, e.id() + ": 8-bit activations, twice: " + error);
    }
  }

  @Test
  void aWeightThatIsRowsForOneAndAProductForAnotherIsRefused() {
    Model model =
        Bench.model(
            "x",
            ElementType.INT64,
            List.of(
                Node.of("Gather", List.of("w", "x"), List.of("h")),
                Node.of("MatMul", List.of("h", "w"), List.of("y"))),
            Bench.noise("w", 1, 32, 32));
    for (Site site : SiteFinder.scan(model).sites()) {
      for (Encoding e : Encodings.ALL) {
        assertTrue(e.refuse(site, W4, Bench.CONTEXT).isPresent(), e.id());
      }
    }
  }

  @Test
  void scalesThatAreNotFiniteAreRefused() {
    Model model = Bench.matMul(16, 4);
    Site site = Bench.site(model);
    float[] scales = {1, Float.NaN, 1, 1};
    byte[] zeros = {8, 8, 8, 8};
    QuantizedWeight broken =
        new QuantizedWeight(new UniformGrid(4, 16, 4, 16, scales, zeros), new byte[64]);
    for (Encoding e :
        List.of(
            Encodings.DYNAMIC_INT8,
            Encodings.TABLE_INT8,
            Encodings.TABLE_FLOAT,
            Encodings.NBITS,
            Encodings.DQ_BLOCKED,
            Encodings.INT8_QDQ)) {
      CompressorException thrown =
          assertThrows(
              CompressorException.class,
              () -> Bench.emit(model, e, broken, EmitOptions.none()),
              e.id());
      assertEquals(ErrorCode.MODEL, thrown.code());
      assertTrue(String.valueOf(thrown.getMessage()).contains("NaN"), thrown.getMessage());
    }
  }

  @Test
  void halvesAreStoredInTwoBytesAndReadAsFloats() {
    Tensor ids = Tensor.ofLongs("x", new long[] {3}, 0, 7, 3);
    for (Model model : List.of(Bench.gather(8, 5), Bench.matMul(8, 5), Bench.conv(4, 6, 2, 3, 3))) {
      Site site = Bench.site(model);
      Emission emission = new Emission(model);
      assertTrue(Float16Storage.refuse(site).isEmpty());
      Float16Storage.emit(emission, site);
      Model written = emission.build();
      Tensor x =
          switch (site.kind()) {
            case GATHER -> ids;
            case CONV -> Bench.noise("x", 5, 1, 4, 6, 6);
            default -> Bench.noise("x", 5, 3, 8);
          };
      double error =
          Bench.error(Bench.run(model, List.of(x)).get(0), Bench.run(written, List.of(x)).get(0));
      assertTrue(error > 0 && error < 1e-3, site.kind() + ": halves have 11 bits: " + error);
      assertFalse(written.graph().initializers().containsKey("w"));
    }
    Model large =
        Bench.model(
            "x",
            ElementType.FLOAT,
            List.of(Node.of("MatMul", List.of("x", "w"), List.of("y"))),
            Tensor.ofFloats("w", new long[] {1, 2}, new float[] {1, 1e6f}));
    assertTrue(Float16Storage.refuse(Bench.site(large)).orElseThrow().contains("1000000"));
  }

  @Test
  void versionsRiseOnlyForWhatNeedsThem() {
    Model old =
        new Model(
            6,
            Map.of("", 11L),
            Bench.matMul(64, 8).graph(),
            List.of(),
            Map.of(),
            io.compressor.ir.Bytes.empty());
    Site site = Bench.site(old);
    QuantSpec spec = new QuantSpec(4, 32, true, false);
    Model table =
        Bench.emit(
            old,
            Encodings.TABLE_INT8,
            Bench.quantize(site, Encodings.TABLE_INT8, spec),
            EmitOptions.none());
    assertEquals(Map.of("", 11L), table.opsets());
    assertEquals(6, table.irVersion());
    Model nbits =
        Bench.emit(
            old, Encodings.NBITS, Bench.quantize(site, Encodings.NBITS, spec), EmitOptions.none());
    assertEquals(Map.of("", 11L, "com.microsoft", 1L), nbits.opsets());
    EncodingContext eleven = new EncodingContext(11, "1.29.0", Int8Range.SAFE);
    String reason = Encodings.DQ_BLOCKED.refuse(site, spec, eleven).orElseThrow();
    assertTrue(reason.contains("opset 21") && reason.contains("11"), reason);
    assertTrue(Encodings.TABLE_INT8.refuse(site, spec, eleven).isEmpty());
    String older =
        Encodings.NBITS
            .refuse(
                site,
                new QuantSpec(2, 32, true, false),
                new EncodingContext(21, "1.24.4", Int8Range.SAFE))
            .orElseThrow();
    assertTrue(older.contains("1.28"), older);
    float[] y = Bench.run(table, List.of(Bench.noise("x", 2, 3, 64))).get(0);
    assertEquals(24, y.length);
  }
}
