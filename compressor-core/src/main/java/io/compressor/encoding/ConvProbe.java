package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.runtime.Latency;
import io.compressor.runtime.ProbeCache;
import io.compressor.runtime.ProbeKey;
import io.compressor.runtime.RuntimeInfo;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Stopwatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Measures a convolution in float32 and between 8-bit values (QLinearConv), on this machine and at
 * the site's own input shape. What turns values into 8 bits and back at the ends of a chain is not
 * in it: inside a chain there is none.
 */
public record ConvProbe(ProbeCache cache, RuntimeInfo machine, int threads, Stopwatch watch) {
  private static final int OPSET = 13;
  private static final long SEED = 13;

  /** Beside the probe of products, in the same table. */
  public static ConvProbe beside(KernelProbe probe) {
    return new ConvProbe(probe.cache(), probe.machine(), probe.threads(), probe.watch());
  }

  /** Median milliseconds of one run. */
  public record Times(double floatMs, double int8Ms) {}

  /**
   * @param input shape of the site's input in one run, all sizes known
   * @return empty when the site is no convolution, or ONNX Runtime refuses it at this shape
   */
  public Optional<Times> measure(Site site, long[] input) {
    if (site.kind() != SiteKind.CONV) {
      return Optional.empty();
    }
    String shape = shape(site, input);
    long rows = Arrays.stream(input).reduce(1, (a, b) -> a * b) / Math.max(1, input[1]);
    ProbeKey real = ProbeKey.of(machine, threads, "float32 " + shape, site.out(), site.in(), rows);
    ProbeKey whole = ProbeKey.of(machine, threads, "int8 " + shape, site.out(), site.in(), rows);
    if (cache.find(real).isEmpty() || cache.find(whole).isEmpty()) {
      race(site, input, real, whole);
    }
    return cache.find(real).flatMap(f -> cache.find(whole).map(q -> new Times(f, q)));
  }

  private void race(Site site, long[] input, ProbeKey real, ProbeKey whole) {
    Tensor x = Tensor.ofFloats("x", input, noise(input));
    try (RuntimeSession first = open(floats(site, input));
        RuntimeSession second = open(bytes(site, input))) {
      // the sessions read different types: each runs on its own input, in turn
      double before = watch.race(List.of(first), Map.of("x", x)).get(0).p50();
      byte[] raw = new byte[Math.toIntExact(x.elements())];
      new SplittableRandom(SEED).nextBytes(raw);
      Tensor q = Tensor.ofBytes("x", ElementType.UINT8, input, raw);
      Latency eight = watch.race(List.of(second), Map.of("x", q)).get(0);
      double again = watch.race(List.of(first), Map.of("x", x)).get(0).p50();
      cache.millis(real, k -> Math.min(before, again));
      cache.millis(whole, k -> eight.p50());
    }
  }

  private RuntimeSession open(Model model) {
    return RuntimeSession.open(model, SessionSettings.withThreads(threads));
  }

  private static Model floats(Site site, long[] input) {
    Tensor w = Tensor.ofFloats("w", site.weight().dims(), noise(site.weight().dims()));
    Node conv = conv(site, List.of("x", "w"), "y");
    return model(List.of(conv), Map.of("w", w), ElementType.FLOAT, input);
  }

  private static Model bytes(Site site, long[] input) {
    byte[] codes = new byte[Math.toIntExact(site.weight().elements())];
    new SplittableRandom(SEED).nextBytes(codes);
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (codes[i] / 2); // products of pairs stay within 16 bits everywhere
    }
    float[] scales = new float[site.out()];
    Arrays.fill(scales, 0.01f);
    long[] channels = {scales.length};
    Map<String, Tensor> constants = new LinkedHashMap<>();
    constants.put("w8", Tensor.ofBytes("w8", ElementType.INT8, site.weight().dims(), codes));
    constants.put("ws", Tensor.ofFloats("ws", channels, scales));
    constants.put("wz", Tensor.ofBytes("wz", ElementType.INT8, channels, new byte[scales.length]));
    constants.put("s", Tensor.scalar("s", 0.02f));
    constants.put("z", Tensor.ofBytes("z", ElementType.UINT8, new long[0], new byte[] {9}));
    List<Node> nodes = new ArrayList<>();
    nodes.add(Node.of("DequantizeLinear", List.of("x", "s", "z"), List.of("xf")));
    nodes.add(
        Node.of(
            "DequantizeLinear", List.of("w8", "ws", "wz"), List.of("w"), Attribute.of("axis", 0L)));
    nodes.add(conv(site, List.of("xf", "w"), "yf"));
    nodes.add(Node.of("QuantizeLinear", List.of("yf", "s", "z"), List.of("y")));
    return model(nodes, constants, ElementType.UINT8, input);
  }

  private static Node conv(Site site, List<String> inputs, String output) {
    Node bare = Node.of("Conv", inputs, List.of(output));
    return bare.withAttributes(site.node().attributes());
  }

  private static Model model(
      List<Node> nodes, Map<String, Tensor> constants, ElementType type, long[] input) {
    return Model.of(
        8,
        OPSET,
        new Graph(
            "probe",
            nodes,
            constants,
            List.of(),
            List.of(Value.of("x", TensorType.of(type, input))),
            List.of(new Value("y", Optional.empty(), Bytes.empty())),
            List.of(),
            Bytes.empty()));
  }

  /** Everything that decides how long it takes besides the weight's size. */
  private static String shape(Site site, long[] input) {
    StringBuilder text = new StringBuilder("conv");
    for (String name : List.of("strides", "pads", "dilations")) {
      site.node()
          .intsAttribute(name)
          .ifPresent(v -> text.append(' ').append(name.charAt(0)).append(join(v)));
    }
    text.append(" k")
        .append(join(Arrays.copyOfRange(site.weight().dims(), 2, site.weight().rank())));
    text.append(" g").append(site.node().intAttribute("group", 1));
    String pad = site.node().textAttribute("auto_pad", "NOTSET");
    return text + " " + pad + " on " + join(input);
  }

  private static String join(long[] values) {
    return String.join("x", Arrays.stream(values).mapToObj(Long::toString).toList());
  }

  private static float[] noise(long[] dims) {
    float[] values = new float[Math.toIntExact(Arrays.stream(dims).reduce(1, (a, b) -> a * b))];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return values;
  }
}
