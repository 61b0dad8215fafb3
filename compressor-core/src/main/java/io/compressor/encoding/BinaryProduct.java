package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Signs of the input times binary weights: codes of one bit in the file, ±1 in int8 in memory.
 *
 * <pre>
 * x ─ x ≥ 0 ? 2 : 0 (uint8, zero point 1) ─ QLinearConv(±1) ─ DequantizeLinear(scales) ─ Add(bias)
 *                                         ─ MatMulInteger(±1) ─ Cast ─ Mul(scales) ─ Add(bias)
 * x ─ x ≥ 0 ? 1 : −1 ─ Conv(scales · ±1)                                                in float
 * </pre>
 *
 * <p>Padding is the zero point, so it counts as exactly 0. Sums of C·k terms of ±1 are even where
 * the channels C are, at borders too, so a byte of step 2 around 128 holds them without rounding
 * from −256 to 254; larger ones are cut, which only {@link #most} can tell beforehand.
 */
public final class BinaryProduct implements Encoding {
  private final boolean integer;

  BinaryProduct(boolean integer) {
    this.integer = integer;
  }

  /** The largest sum that a convolution's byte holds on both sides of zero. */
  public static int most(Site site) {
    return 127 * step(site);
  }

  private static int step(Site site) {
    return site.weight().dims()[1] % 2 == 0 ? 2 : 1;
  }

  @Override
  public String id() {
    return integer ? "binary-int8" : "binary-float";
  }

  @Override
  public Arithmetic arithmetic() {
    return integer ? Arithmetic.TOKEN_INT8 : Arithmetic.FLOAT;
  }

  @Override
  public boolean holdsCodebooks() {
    return true;
  }

  @Override
  public boolean isPortable() {
    return true;
  }

  @Override
  public Optional<String> refuseSite(Site site, QuantSpec spec) {
    return site.kind() == SiteKind.CONV ? Optional.empty() : Sites.refuseUnlessRightProduct(site);
  }

  @Override
  public GridRequest grid(Site site, QuantSpec spec, EncodingContext context) {
    return TableInt8.folded(site, spec, 1);
  }

  /** Of one bit a weight, whatever is asked. */
  @Override
  public long bytes(Site site, QuantSpec spec) {
    return TableDecode.bytes(2, site.out(), site.in(), 1) + 4L * site.out();
  }

  @Override
  public long opset(QuantSpec spec) {
    return 16;
  }

  @Override
  public String minOrtVersion(QuantSpec spec) {
    return "1.11";
  }

  @Override
  public String kernel(Site site) {
    boolean conv = site.kind() == SiteKind.CONV;
    return integer ? conv ? "QLinearConv" : "MatMulInteger" : site.node().opType();
  }

  @Override
  public String form(QuantSpec spec) {
    return id();
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    Site use = emission.uses(site).get(0);
    NodeList atLoad = new NodeList(emission);
    WeightDecode decode = WeightDecode.of(atLoad, site.name(), weight.grid());
    NodeList nodes = new NodeList(emission);
    if (!integer) {
      String w = shaped(atLoad, use, decode.floats(weight, use.layout()));
      String x = signs(nodes, use, ElementType.FLOAT);
      List<String> inputs = new ArrayList<>(use.node().inputs());
      inputs.set(0, x);
      inputs.set(1, w);
      nodes.add(use.node().withInputs(inputs));
    } else if (use.kind() == SiteKind.CONV) {
      String w = shaped(atLoad, use, decode.int8(weight, use.layout()));
      convolution(nodes, use, w, decode.rowScales());
    } else {
      String w = decode.int8(weight, Sites.inFirst(use));
      product(nodes, use, w, decode.rowScales());
    }
    emission.inFront(atLoad);
    emission.editor().replace(use.output(), nodes.nodes());
  }

  private static String shaped(NodeList nodes, Site use, String matrix) {
    return use.weight().rank() == 2
        ? matrix
        : nodes.reshape(use.name() + "/shaped", matrix, use.weight().dims());
  }

  private static String signs(NodeList nodes, Site use, ElementType type) {
    Emission e = nodes.emission();
    String zero = e.constant(Tensor.scalar("zero", 0));
    String positive =
        nodes.add(use.name() + "/positive", "GreaterOrEqual", List.of(use.input(), zero));
    String above = type == ElementType.FLOAT ? e.constant(Tensor.scalar("one", 1)) : uint8(e, 2);
    String below = type == ElementType.FLOAT ? e.constant(Tensor.scalar("minus", -1)) : uint8(e, 0);
    return nodes.add(use.name() + "/signs", "Where", List.of(positive, above, below));
  }

  private static String uint8(Emission e, int value) {
    byte[] one = {(byte) value};
    return e.constant(Tensor.ofBytes("byte", ElementType.UINT8, new long[0], one));
  }

  private static void convolution(NodeList nodes, Site use, String w, float[] scales) {
    Emission e = nodes.emission();
    String x = signs(nodes, use, ElementType.UINT8);
    String unit = e.constant(Tensor.scalar("one", 1));
    String none = e.constant(Tensor.ofBytes("none", ElementType.INT8, new long[0], new byte[1]));
    String step = e.constant(Tensor.scalar("step", step(use)));
    List<String> inputs = List.of(x, unit, uint8(e, 1), w, unit, none, step, uint8(e, 128));
    String codes =
        nodes.add(
            use.name() + "/sums",
            "QLinearConv",
            inputs,
            use.node().attributes().values().toArray(new Attribute[0]));
    byte[] middle = new byte[scales.length];
    Arrays.fill(middle, (byte) 128);
    float[] wide = scales.clone();
    for (int i = 0; i < wide.length; i++) {
      wide[i] *= step(use);
    }
    long[] dims = {scales.length};
    String scale = e.constant(Tensor.ofFloats(use.name() + "/scale", dims, wide));
    String zero = e.constant(Tensor.ofBytes("middle", ElementType.UINT8, dims, middle));
    long[] along = new long[use.weight().rank()];
    Arrays.fill(along, 1);
    along[1] = scales.length;
    last(
        nodes,
        use,
        "DequantizeLinear",
        List.of(codes, scale, zero),
        along,
        Attribute.of("axis", 1L));
  }

  private static void product(NodeList nodes, Site use, String w, float[] scales) {
    Emission e = nodes.emission();
    String x = signs(nodes, use, ElementType.UINT8);
    String sums = nodes.add(use.name() + "/sums", "MatMulInteger", List.of(x, w, uint8(e, 1)));
    String floats = nodes.cast(use.name() + "/whole", sums, ElementType.FLOAT);
    long[] dims = {scales.length};
    String scale = e.constant(Tensor.ofFloats(use.name() + "/scale", dims, scales));
    last(nodes, use, "Mul", List.of(floats, scale), dims);
  }

  /** The node that makes the output, and the site's own bias behind it. */
  private static void last(
      NodeList nodes,
      Site use,
      String op,
      List<String> inputs,
      long[] along,
      Attribute... attributes) {
    Optional<Tensor> own = use.biasNode().isPresent() ? Optional.empty() : use.bias();
    if (own.isEmpty()) {
      nodes.add(Node.of(op, inputs, List.of(use.output()), attributes));
      return;
    }
    Emission e = nodes.emission();
    String bias = e.constant(Tensor.ofFloats(use.name() + "/bias", along, own.get().toFloats()));
    String product = nodes.add(use.name() + "/product", op, inputs, attributes);
    nodes.add(Node.of("Add", List.of(product, bias), List.of(use.output())));
  }
}
