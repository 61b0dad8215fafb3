package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.runtime.Latency;
import io.compressor.runtime.OptimizedGraph;
import io.compressor.runtime.ProbeCache;
import io.compressor.runtime.ProbeKey;
import io.compressor.runtime.RuntimeInfo;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Stopwatch;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.UniformGrid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * Measures what products x · Wᵀ cost on this machine: every form is written by its own encoding
 * into a model of one site and raced against the float32 original, interleaved. Times are
 * remembered in the {@link ProbeCache}; a known shape costs nothing.
 *
 * @param threads intra-op threads of the sessions
 */
public record KernelProbe(
    ProbeCache cache, RuntimeInfo machine, int threads, EncodingContext context, Stopwatch watch)
    implements ProbeTable {
  private static final long SEED = 11;

  /** Short races: planning compares within 15 %, so a tenth of a second a form is enough. */
  public static KernelProbe of(
      ProbeCache cache, RuntimeInfo machine, int threads, EncodingContext context) {
    return new KernelProbe(cache, machine, threads, context, new Stopwatch(2, 7, 200, 120, SEED));
  }

  @Override
  public OptionalDouble millis(String form, int out, int in, int rows) {
    return cache
        .find(key(form, out, in, rows))
        .map(OptionalDouble::of)
        .orElse(OptionalDouble.empty());
  }

  /** Fills in what {@link EncodingPlanner#choose} will look up for this site. */
  public void measure(Site site, int rows, EncodingRequest request) {
    if (!Sites.isRightProduct(site)) {
      return; // gathering rows costs little, and convolutions are planned by what is known of them
    }
    Map<String, Encoding> missing = new LinkedHashMap<>();
    for (Encoding e : new EncodingPlanner(context, this).candidates(site, request)) {
      String form = e.form(request.spec());
      boolean timed = !form.equals(ProbeTable.FLOAT) && e.arithmetic() != Arithmetic.STATIC_INT8;
      if (timed && millis(form, site.out(), site.in(), rows).isEmpty()) {
        missing.putIfAbsent(form, e);
      }
    }
    if (!missing.isEmpty()) {
      race(site.out(), site.in(), rows, request.spec(), missing);
    }
  }

  /** The operator that ONNX Runtime really runs for this encoding of a product. */
  public Optional<String> kernel(Encoding encoding, int out, int in, QuantSpec spec) {
    Model model = written(original(out, in), encoding, spec);
    return OptimizedGraph.of(model, settings())
        .computing(model, "y")
        .map(OptimizedGraph.Kernel::op);
  }

  private void race(int out, int in, int rows, QuantSpec spec, Map<String, Encoding> forms) {
    Model original = original(out, in);
    List<RuntimeSession> sessions = new ArrayList<>();
    try {
      sessions.add(RuntimeSession.open(original, settings()));
      for (Encoding e : forms.values()) {
        sessions.add(RuntimeSession.open(written(original, e, spec), settings()));
      }
      Tensor x = Tensor.ofFloats("x", new long[] {rows, in}, noise(rows * in));
      List<Latency> times = watch.race(sessions, Map.of("x", x));
      double reference =
          cache.millis(key(ProbeTable.FLOAT, out, in, rows), k -> times.get(0).p50());
      int i = 1;
      for (String form : forms.keySet()) {
        double ratio = times.get(i++).ratio();
        cache.millis(key(form, out, in, rows), k -> ratio * reference);
      }
    } finally {
      sessions.forEach(RuntimeSession::close);
    }
  }

  private Model written(Model original, Encoding encoding, QuantSpec spec) {
    Site site = SiteFinder.scan(original).sites().get(0);
    GridRequest grid = encoding.grid(site, spec, context);
    QuantSpec wanted =
        grid.family() == GridFamily.FOLDED
            ? new QuantSpec(grid.spec().bits(), 0, true, false) // the same int8 weight after load
            : grid.spec();
    Emission emission = new Emission(original);
    encoding.emit(emission, site, random(site, wanted), EmitOptions.none());
    return emission.build();
  }

  /** Random codes: kernels take the same time for all. */
  private static QuantizedWeight random(Site site, QuantSpec spec) {
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] codes = new byte[site.out() * site.in()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) random.nextInt(1 << spec.bits());
    }
    int groups = spec.groups(site.in());
    float[] scales = new float[site.out() * groups];
    byte[] zeros = new byte[scales.length];
    Arrays.fill(scales, 0.01f);
    Arrays.fill(zeros, (byte) (1 << (spec.bits() - 1)));
    return new QuantizedWeight(
        new UniformGrid(
            site.out(), site.in(), spec.bits(), spec.groupSize(site.in()), scales, zeros),
        codes);
  }

  /** y = x · W with float32 weights, at the operator set that the real model will have. */
  private Model original(int out, int in) {
    Tensor w = Tensor.ofFloats("w", new long[] {in, out}, noise(out * in));
    TensorType x =
        new TensorType(
            ElementType.FLOAT, Optional.of(List.of(new Dim.Named("rows"), new Dim.Fixed(in))));
    TensorType y =
        new TensorType(
            ElementType.FLOAT, Optional.of(List.of(new Dim.Named("rows"), new Dim.Fixed(out))));
    return Model.of(
        10,
        Math.min(21, context.opset()),
        new Graph(
            "probe",
            List.of(Node.of("MatMul", List.of("x", "w"), List.of("y"))),
            Map.of("w", w),
            List.of(),
            List.of(Value.of("x", x)),
            List.of(Value.of("y", y)),
            List.of(),
            Bytes.empty()));
  }

  private static float[] noise(int n) {
    SplittableRandom random = new SplittableRandom(SEED);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return values;
  }

  private SessionSettings settings() {
    return SessionSettings.withThreads(threads);
  }

  private ProbeKey key(String form, int out, int in, int rows) {
    return ProbeKey.of(machine, threads, form, out, in, rows);
  }
}
