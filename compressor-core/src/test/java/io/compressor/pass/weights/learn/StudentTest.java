package io.compressor.pass.weights.learn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.engine.Engine;
import io.compressor.graph.Graphs;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.solver.Codebook;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.FoldedGridFitter;
import io.compressor.solver.FoldedScales;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.RoundToNearest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StudentTest {
  static Stream<Arguments> layers() {
    Graphs product = Graphs.graph().input("x", ElementType.FLOAT, -1, 40);
    product.constant(Graphs.random("w", 1, 40, 24));
    product.node("MatMul", "y", List.of("x", "w"));
    Graphs gemm = Graphs.graph().input("x", ElementType.FLOAT, -1, 40);
    gemm.constant(Graphs.random("w", 1, 24, 40));
    gemm.node("Gemm", "y", List.of("x", "w"), Attribute.of("transB", 1L));
    Graphs conv = Graphs.graph().input("x", ElementType.FLOAT, -1, 4, 9, 9);
    conv.constant(Graphs.random("w", 1, 6, 4, 3, 3));
    conv.node("Conv", "y", List.of("x", "w"));
    return Stream.of(
        Arguments.of(product.output("y", -1, 24).model(18), new long[] {3, 40}),
        Arguments.of(gemm.output("y", -1, 24).model(18), new long[] {3, 40}),
        Arguments.of(conv.output("y", -1, 6, 7, 7).model(18), new long[] {2, 4, 9, 9}));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void theWeightIsMadeAsItWasSolved(Model model, long[] dims) {
    for (int group : new int[] {0, 8, 7}) {
      check(model, dims, group, Optional.empty());
    }
    if (dims.length > 2) {
      return; // convolutions are never smoothed
    }
    int in = SiteFinder.scan(model).sites().get(0).in();
    float[] smoothing = new float[in];
    for (int i = 0; i < in; i++) {
      smoothing[i] = 0.5f + i / 20f;
    }
    check(model, dims, 8, Optional.of(smoothing));
  }

  private static void check(Model model, long[] dims, int group, Optional<float[]> smoothing) {
    Site site = SiteFinder.scan(model).sites().get(0);
    QuantSpec spec = new QuantSpec(2, group, true, true);
    float[] w = site.weightMatrix();
    smoothing.ifPresent(
        s -> {
          for (int i = 0; i < w.length; i++) {
            w[i] *= s[i % s.length];
          }
        });
    FoldedGrid grid =
        FoldedGridFitter.LEAST_SQUARES.fit(
            w, site.out(), site.in(), spec, Codebook.normalFloat(2), Engine.direct());
    QuantizedWeight solved = RoundToNearest.quantize(w, grid);
    StudentSite student = StudentSite.of(site, solved, smoothing);
    float[] values = unrounded(grid, solved.codes());
    smoothing.ifPresent(
        s -> {
          for (int i = 0; i < values.length; i++) {
            values[i] /= s[i % s.length];
          }
        });
    Tensor plain = Tensor.ofFloats("w", site.weight().dims(), site.layout().toStored(values));
    Tensor x = Graphs.random("x", 1, dims);
    Map<String, Tensor> constants = new LinkedHashMap<>(model.graph().initializers());
    constants.put("w", plain);
    Model teacher = model.withGraph(model.graph().withInitializers(constants));
    Tensor y;
    try (RuntimeSession session = open(teacher)) {
      y = session.run(Map.of("x", x)).get("y");
    }
    Student made =
        Student.of(model, List.of(student), Map.of(), List.of("y"), Set.of(), Optional.empty());
    String target = made.targets().get("y");
    try (RuntimeSession session = open(made.model())) {
      float loss =
          session.run(Map.of("x", x, target, y.withName(target))).get(Student.LOSS).toFloats()[0];
      assertTrue(loss < 1e-11, "group " + group + ": " + loss);
      float[] twice = y.toFloats();
      for (int i = 0; i < twice.length; i++) {
        twice[i] *= 2;
      }
      Tensor far = Tensor.ofFloats(target, y.dims(), twice);
      float quarter = session.run(Map.of("x", x, target, far)).get(Student.LOSS).toFloats()[0];
      assertTrue(Math.abs(quarter - 0.25) < 1e-5, "" + quarter);
    }
  }

  @Test
  void aRowCountsTheSameWhateverItsSize() {
    Graphs g = Graphs.graph().input("x", ElementType.FLOAT, -1, -1, 40);
    g.constant(Graphs.random("w", 1, 40, 24));
    g.node("MatMul", "y", List.of("x", "w"));
    Model model = g.output("y", -1, -1, 24).model(18);
    float[] x = Graphs.random("x", 1, 1, 5, 40).toFloats();
    for (int i = 0; i < 40; i++) {
      x[i] *= 1000;
    }
    Tensor fed = Tensor.ofFloats("x", new long[] {1, 5, 40}, x);
    Student made =
        Student.of(
            model, List.of(), Map.of(), List.of("y"), Set.of(), Optional.empty(), Set.of("y"));
    String target = made.targets().get("y");
    float[] t;
    try (RuntimeSession session = open(model)) {
      t = session.run(Map.of("x", fed)).get("y").toFloats();
    }
    for (int i = 24; i < 72; i++) {
      t[i] *= 2; // two rows of five are half of what they should be
    }
    try (RuntimeSession session = open(made.model())) {
      Tensor wanted = Tensor.ofFloats(target, new long[] {1, 5, 24}, t);
      float loss = session.run(Map.of("x", fed, target, wanted)).get(Student.LOSS).toFloats()[0];
      assertTrue(Math.abs(loss - 0.25 * 2 / 5) < 1e-5, "" + loss);
    }
  }

  /** Scale times codeword, before the product is rounded to int8. */
  private static float[] unrounded(FoldedGrid grid, byte[] codes) {
    ScaledLevels scaled = ScaledLevels.of(new QuantizedWeight(grid, codes));
    float[] values = new float[codes.length];
    for (int i = 0; i < values.length; i++) {
      int g = i / grid.cols() * grid.groups() + i % grid.cols() / grid.group();
      values[i] = scaled.scales()[g] * scaled.levels()[i];
    }
    return values;
  }

  @Test
  void scalesFoldedBackAreTheOnesThatCame() {
    float[] w = Graphs.random("w", 1, 12, 64).toFloats();
    QuantSpec spec = new QuantSpec(3, 16, true, true);
    FoldedGrid grid =
        FoldedGridFitter.LEAST_SQUARES.fit(
            w, 12, 64, spec, Codebook.normalFloat(3), Engine.direct());
    byte[] codes = RoundToNearest.quantize(w, grid).codes();
    ScaledLevels scaled = ScaledLevels.of(new QuantizedWeight(grid, codes));
    FoldedGrid again = FoldedScales.fold(scaled.scales(), 12, 64, 16, grid.table(), 1, 127);
    ScaledLevels back = ScaledLevels.of(new QuantizedWeight(again, codes));
    for (int i = 0; i < scaled.scales().length; i++) {
      float most = Math.abs(again.rowScales()[i / 4]) * 255 / (1 << again.shift());
      assertTrue(Math.abs(back.scales()[i] - scaled.scales()[i]) <= most / 255, "scale " + i);
    }
    assertArrayEquals(scaled.levels(), back.levels());
  }

  private static RuntimeSession open(Model model) {
    return RuntimeSession.open(model, SessionSettings.withThreads(1));
  }
}
