package io.compressor.encoding;

import io.compressor.engine.Engine;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import io.compressor.runtime.Optimization;
import io.compressor.runtime.RuntimeInfo;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.solver.ClipSearch;
import io.compressor.solver.Codebook;
import io.compressor.solver.FoldedGridFitter;
import io.compressor.solver.Grid;
import io.compressor.solver.GridFitter;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.RoundToNearest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** One-site models, their compressed form, and what it must compute. */
final class Bench {
  static final EncodingContext CONTEXT =
      new EncodingContext(21, RuntimeInfo.current().ortVersion(), Int8Range.SAFE);

  private Bench() {}

  static Model matMul(int in, int out) {
    return model(
        "x",
        ElementType.FLOAT,
        List.of(Node.of("MatMul", List.of("x", "w"), List.of("y")).withName("site")),
        noise("w", 1, in, out));
  }

  /** With a separate bias Add, as exporters of transformers write it. */
  static Model matMulAdd(int in, int out) {
    return model(
        "x",
        ElementType.FLOAT,
        List.of(
            Node.of("MatMul", List.of("x", "w"), List.of("p")).withName("site"),
            Node.of("Add", List.of("b", "p"), List.of("y"))),
        noise("w", 1, in, out),
        noise("b", 2, out));
  }

  static Model leftMatMul(int in, int out) {
    return model(
        "x",
        ElementType.FLOAT,
        List.of(Node.of("MatMul", List.of("w", "x"), List.of("y")).withName("site")),
        noise("w", 1, out, in));
  }

  static Model gemm(int in, int out, int transB, boolean bias) {
    Tensor w = transB == 1 ? noise("w", 1, out, in) : noise("w", 1, in, out);
    return model(
        "x",
        ElementType.FLOAT,
        List.of(
            Node.of(
                    "Gemm",
                    bias ? List.of("x", "w", "b") : List.of("x", "w"),
                    List.of("y"),
                    Attribute.of("transB", transB))
                .withName("site")),
        w,
        noise("b", 2, out));
  }

  static Model conv(int channels, int out, int group, long... kernel) {
    long[] dims = new long[kernel.length + 2];
    dims[0] = out;
    dims[1] = channels / group;
    System.arraycopy(kernel, 0, dims, 2, kernel.length);
    return model(
        "x",
        ElementType.FLOAT,
        List.of(
            Node.of(
                    "Conv",
                    List.of("x", "w", "b"),
                    List.of("y"),
                    Attribute.of("group", group),
                    Attribute.of("kernel_shape", kernel))
                .withName("site")),
        noise("w", 1, dims),
        noise("b", 2, out));
  }

  static Model gather(int rows, int width) {
    return model(
        "x",
        ElementType.INT64,
        List.of(Node.of("Gather", List.of("w", "x"), List.of("y")).withName("site")),
        noise("w", 1, rows, width));
  }

  static Model model(String input, ElementType type, List<Node> nodes, Tensor... constants) {
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    Arrays.stream(constants).forEach(t -> initializers.put(t.name(), t));
    Value x =
        new Value(
            input,
            Optional.of(new io.compressor.ir.TensorType(type, Optional.empty())),
            Bytes.empty());
    Value y =
        new Value(
            "y",
            Optional.of(new io.compressor.ir.TensorType(ElementType.FLOAT, Optional.empty())),
            Bytes.empty());
    return Model.of(
        10,
        21,
        new Graph(
            "bench",
            nodes,
            initializers,
            List.of(),
            List.of(x),
            List.of(y),
            List.of(),
            Bytes.empty()));
  }

  static Tensor noise(String name, long seed, long... dims) {
    return Tensor.ofFloats(name, dims, noise(seed, dims));
  }

  static float[] noise(long seed, long... dims) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] v = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) (random.nextDouble() + random.nextDouble() - 1);
    }
    return v;
  }

  static Site site(Model model) {
    List<Site> sites = SiteFinder.scan(model).sites();
    if (sites.size() != 1) {
      throw new AssertionError("expected one site, found " + SiteFinder.scan(model));
    }
    return sites.get(0);
  }

  /** The weight rounded to the grid that the encoding asks for. */
  static QuantizedWeight quantize(Site site, Encoding encoding, QuantSpec spec) {
    GridRequest request = encoding.grid(site, spec, CONTEXT);
    float[] w = site.weightMatrix();
    Grid grid =
        request.family() == GridFamily.UNIFORM
            ? GridFitter.PUBLISHED.fit(w, site.out(), site.in(), request.spec())
            : new FoldedGridFitter(ClipSearch.LEAST_SQUARES, Optional.empty(), request.limit())
                .fit(
                    w,
                    site.out(),
                    site.in(),
                    request.spec(),
                    Codebook.uniform(request.spec().bits()),
                    Engine.direct());
    return RoundToNearest.quantize(w, grid);
  }

  static Model emit(Model model, Encoding encoding, QuantizedWeight weight, EmitOptions options) {
    Emission emission = new Emission(model);
    encoding.emit(emission, site(model), weight, options);
    return emission.build();
  }

  /** The original model with its weight replaced by what the codes stand for. */
  static Model restored(Model model, QuantizedWeight weight) {
    Site site = site(model);
    Map<String, Tensor> initializers = new LinkedHashMap<>(model.graph().initializers());
    initializers.put(
        "w",
        Tensor.ofFloats("w", site.weight().dims(), site.layout().toStored(weight.dequantize())));
    return model.withGraph(model.graph().withInitializers(initializers));
  }

  static List<float[]> run(Model model, List<Tensor> feeds) {
    return run(model, feeds, Optimization.ALL);
  }

  static List<float[]> run(Model model, List<Tensor> feeds, Optimization level) {
    try (RuntimeSession session =
        RuntimeSession.open(model, SessionSettings.withThreads(1).level(level))) {
      return feeds.stream()
          .map(x -> session.run(Map.of("x", x)).values().iterator().next().toFloats())
          .toList();
    }
  }

  /** x in 8 bits, symmetric, with a scale for each row. */
  static Tensor rowRounded(Tensor x) {
    float[] values = x.toFloats();
    int n = (int) x.dims()[x.rank() - 1];
    for (int row = 0; row < values.length; row += n) {
      float largest = 1e-30f;
      for (int i = row; i < row + n; i++) {
        largest = Math.max(largest, Math.abs(values[i]));
      }
      for (int i = row; i < row + n; i++) {
        values[i] = (float) Math.rint(values[i] / largest / (1 / 127f)) * (1 / 127f) * largest;
      }
    }
    return Tensor.ofFloats(x.name(), x.dims(), values);
  }

  /** x as DynamicQuantizeLinear of the ONNX standard rounds it: 8 bits over the whole tensor. */
  static Tensor dynamicallyRounded(Tensor x) {
    float[] v = x.toFloats();
    float least = 0;
    float most = 0;
    for (float f : v) {
      least = Math.min(least, f);
      most = Math.max(most, f);
    }
    float scale = (most - least) / 255f;
    float zero = (float) Math.rint(Math.max(0, Math.min(255, -least / scale)));
    for (int i = 0; i < v.length; i++) {
      double q = Math.max(0, Math.min(255, Math.rint(v[i] / scale) + zero));
      v[i] = (float) ((q - zero) * scale);
    }
    return Tensor.ofFloats("x", x.dims(), v);
  }

  /** x [rows, cols] as MatMulNBits with accuracy level 4 rounds it: int8 in every block. */
  static Tensor blockRounded(Tensor x, int block) {
    float[] v = x.toFloats();
    int cols = (int) x.dims()[x.rank() - 1];
    for (int row = 0; row < v.length; row += cols) {
      for (int from = row; from < row + cols; from += block) {
        int to = Math.min(from + block, row + cols);
        float most = 0;
        for (int i = from; i < to; i++) {
          most = Math.max(most, Math.abs(v[i]));
        }
        float scale = most / 127f;
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = from; i < to; i++) {
          v[i] = (float) Math.rint(v[i] * inverse) * scale;
        }
      }
    }
    return Tensor.ofFloats("x", x.dims(), v);
  }

  /** Largest difference relative to the largest expected value. */
  static double error(float[] expected, float[] found) {
    if (expected.length != found.length) {
      return Double.POSITIVE_INFINITY;
    }
    double most = 1e-9;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs(expected[i]));
      double d = Math.abs((double) expected[i] - found[i]);
      worst = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(worst, d);
    }
    return worst / most;
  }

  /** Bytes of the initializers that the site's weight became: all but biases and small tables. */
  static long weightBytes(Model written) {
    List<String> parts =
        List.of("/codes", "/multipliers", "/scale", "/scales", "/zeros", "/zero", "/int8", "/mask");
    long bytes = 0;
    for (Tensor t : written.graph().initializers().values()) {
      boolean part = parts.stream().anyMatch(p -> t.name().endsWith(p));
      bytes += part ? t.byteCount() : 0;
    }
    return bytes;
  }

  static List<String> operators(Model model) {
    return new ArrayList<>(model.graph().nodes().stream().map(Node::opType).distinct().toList());
  }
}
