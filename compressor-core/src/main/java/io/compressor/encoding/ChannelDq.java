package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.Optional;

/**
 * int8 weights behind a DequantizeLinear of opset 13, one scale for each output channel: the form
 * every runtime knows. Static quantization puts its activation nodes around it.
 */
final class ChannelDq implements Encoding {
  @Override
  public String id() {
    return "int8-qdq";
  }

  @Override
  public Arithmetic arithmetic() {
    return Arithmetic.STATIC_INT8;
  }

  @Override
  public boolean isPortable() {
    return true;
  }

  @Override
  public Optional<String> refuseSite(Site site, QuantSpec spec) {
    return QdqWeight.refuse(site);
  }

  @Override
  public GridRequest grid(Site site, QuantSpec spec, EncodingContext context) {
    return GridRequest.uniform(
        new QuantSpec(context.int8Range().bits(), 0, true, spec.clipSearch()));
  }

  /** One byte a weight, one float and one zero point a channel. */
  @Override
  public long bytes(Site site, QuantSpec spec) {
    return site.parameters() + 5L * site.out();
  }

  @Override
  public long opset(QuantSpec spec) {
    return QdqWeight.OPSET;
  }

  @Override
  public String minOrtVersion(QuantSpec spec) {
    return "1.9";
  }

  @Override
  public String kernel(Site site) {
    return qlinear(site);
  }

  @Override
  public String form(QuantSpec spec) {
    return "int8-static";
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    FoldedForm form = FoldedForm.of(weight.grid());
    byte[] values = form.int8(weight.codes());
    emission.replaceWeight(
        site,
        options,
        use -> {
          NodeList nodes = new NodeList(emission);
          String int8 =
              emission.constant(
                  Tensor.ofBytes(
                      site.name() + "/int8",
                      ElementType.INT8,
                      use.weight().dims(),
                      use.layout().toStored(values)));
          String restored = QdqWeight.dequantized(nodes, use, int8, form.rowScales());
          emission.inFront(nodes);
          return restored;
        });
  }

  /** The integer operator that ONNX Runtime makes of the site between quantized activations. */
  static String qlinear(Site site) {
    return site.kind() == SiteKind.CONV
        ? "QLinearConv"
        : site.kind() == SiteKind.GEMM ? "QGemm" : "QLinearMatMul";
  }
}
