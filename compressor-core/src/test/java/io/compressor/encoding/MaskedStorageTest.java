package io.compressor.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.graph.Site;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.runtime.OptimizedGraph;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bits and kept values make the weight again, at load. */
class MaskedStorageTest {
  private static final Set<String> DECODING =
      Set.of("BitShift", "CumSum", "Gather", "Concat", "Reshape", "Cast", "Slice");

  private static Model model(String kind) {
    return switch (kind) {
      case "gemm" -> Bench.gemm(60, 21, 1, true);
      case "transposed" -> Bench.gemm(60, 21, 0, false);
      case "left" -> Bench.leftMatMul(60, 21);
      case "conv" -> Bench.conv(8, 5, 1, 3, 3);
      default -> Bench.matMul(60, 21);
    };
  }

  private static Tensor input(String kind) {
    return switch (kind) {
      case "left" -> Bench.noise("x", 9, 60, 5);
      case "conv" -> Bench.noise("x", 9, 2, 8, 7, 7);
      default -> Bench.noise("x", 9, 5, 60);
    };
  }

  private static Model pruned(Model model, double share) {
    Site site = Bench.site(model);
    float[] w = site.weight().toFloats();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < w.length; i++) {
      w[i] = random.nextDouble() < share ? 0 : w[i];
    }
    Map<String, Tensor> all = new LinkedHashMap<>(model.graph().initializers());
    String name = site.weight().name();
    all.put(name, Tensor.ofFloats(name, site.weight().dims(), w));
    return model.withGraph(model.graph().withInitializers(all));
  }

  private static Model written(Model model, boolean eightBit) {
    Emission emission = new Emission(model);
    MaskedStorage.emit(emission, Bench.site(model), eightBit);
    return emission.build();
  }

  @ParameterizedTest
  @CsvSource({
    "matmul,0.9",
    "matmul,0.3",
    "matmul,0",
    "matmul,1",
    "gemm,0.7",
    "transposed,0.7",
    "left,0.8",
    "conv,0.6"
  })
  void floatsComeBackToTheLastBit(String kind, double share) {
    Model dense = pruned(model(kind), share);
    Model file = written(dense, false);
    assertArrayEquals(
        Bench.run(dense, List.of(input(kind))).get(0),
        Bench.run(file, List.of(input(kind))).get(0));
    Site site = Bench.site(dense);
    int kept = 0;
    for (float w : site.weight().toFloats()) {
      kept += w != 0 ? 1 : 0;
    }
    long stored =
        file.graph().initializers().entrySet().stream()
            .filter(e -> e.getKey().endsWith("/mask") || e.getKey().endsWith("/kept"))
            .mapToLong(e -> e.getValue().byteCount())
            .sum();
    assertEquals(MaskedStorage.bytes(site, kept, false), stored);
  }

  @ParameterizedTest
  @CsvSource({"matmul,0.9", "gemm,0.7", "transposed,0.7", "left,0.8", "conv,0.6", "matmul,1"})
  void eightBitsAreCloseAndZerosStayZero(String kind, double share) {
    Model dense = pruned(model(kind), share);
    Model file = written(dense, true);
    double error =
        Bench.error(
            Bench.run(dense, List.of(input(kind))).get(0),
            Bench.run(file, List.of(input(kind))).get(0));
    assertTrue(error < 5e-3 || share == 1, kind + ": " + error);
  }

  @ParameterizedTest
  @CsvSource({"matmul,false", "gemm,false", "conv,false", "matmul,true", "gemm,true", "conv,true"})
  void nothingOfItIsLeftAfterLoad(String kind, boolean eightBit) {
    Model file = written(pruned(model(kind), 0.9), eightBit);
    SessionSettings settings = SessionSettings.withThreads(1);
    List<String> left =
        OptimizedGraph.of(file, settings).kernels().stream()
            .map(OptimizedGraph.Kernel::op)
            .filter(DECODING::contains)
            .toList();
    assertEquals(List.of(), left);
    RuntimeSession.open(file, settings).close();
  }

  @ParameterizedTest
  @CsvSource({"0.5", "0.9"})
  void theFileIsSmaller(double share) {
    Model dense = pruned(Bench.matMul(300, 200), share);
    long before = OnnxWriter.size(dense);
    long after = OnnxWriter.size(written(dense, false));
    assertTrue(after < (1 - share + 1 / 32.0) * before + 4000, after + " of " + before);
    assertEquals(
        Set.of(),
        written(dense, false).graph().nodes().stream()
            .map(Node::domain)
            .filter(d -> !d.isEmpty())
            .collect(Collectors.toSet()));
  }

  /** Oracle: the same codes, restored as floats. */
  @ParameterizedTest
  @CsvSource({"4,0", "4,16", "3,0", "2,12"})
  void codesOfPrunedWeightsAreMaskedToo(int bits, int group) {
    Model dense = pruned(Bench.matMul(96, 64), 0.8);
    Site site = Bench.site(dense);
    QuantSpec spec = new QuantSpec(bits, group, true, false);
    QuantizedWeight weight = Bench.quantize(site, Encodings.TABLE_FLOAT, spec);
    Model file = Bench.emit(dense, Encodings.TABLE_FLOAT, weight, EmitOptions.none());
    Tensor x = Bench.noise("x", 9, 5, 96);
    double error =
        Bench.error(
            Bench.run(Bench.restored(dense, weight), List.of(x)).get(0),
            Bench.run(file, List.of(x)).get(0));
    assertTrue(error < 1e-5, "error " + error);
    long saved = Encodings.TABLE_FLOAT.saved(site, weight);
    boolean masked =
        file.graph().initializers().keySet().stream().anyMatch(n -> n.endsWith("/mask"));
    assertEquals(saved > 0, masked);
    assertTrue(bits < 3 || masked, "80 % zeros and no mask");
    assertEquals(
        Encodings.TABLE_FLOAT.bytes(site, spec) - saved,
        Bench.weightBytes(file),
        80,
        "what the report says");
    long unpruned =
        Encodings.TABLE_FLOAT.saved(
            site, Bench.quantize(Bench.site(Bench.matMul(96, 64)), Encodings.TABLE_FLOAT, spec));
    assertTrue(bits < 3 || unpruned == 0, "codes that are seldom 0 need no mask");
  }
}
