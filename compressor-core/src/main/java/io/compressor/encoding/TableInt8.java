package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.List;
import java.util.Optional;

/**
 * Any number of levels in the file, int8 in memory: packed codes that ONNX Runtime decodes while it
 * loads ({@link TableDecode}), then the kernels of {@link DynamicInt8}; for Conv, a
 * DequantizeLinear that fuses to QLinearConv where the activations are quantized.
 */
final class TableInt8 implements Encoding {
  private final Arithmetic arithmetic;

  /**
   * @param arithmetic DYNAMIC_INT8, or TOKEN_INT8 for a scale a row
   */
  TableInt8(Arithmetic arithmetic) {
    this.arithmetic = arithmetic;
  }

  @Override
  public String id() {
    return isToken() ? "table-token" : "table-int8";
  }

  @Override
  public Arithmetic arithmetic() {
    return arithmetic;
  }

  @Override
  public boolean holdsCodebooks() {
    return true;
  }

  @Override
  public boolean isPortable() {
    return Int8MatMul.isPortable(arithmetic);
  }

  private boolean isToken() {
    return arithmetic == Arithmetic.TOKEN_INT8;
  }

  @Override
  public Optional<String> refuseSite(Site site, QuantSpec spec) {
    return Sites.refuseUnlessRightProduct(site).or(() -> refuseWideCodes(spec));
  }

  @Override
  public GridRequest grid(Site site, QuantSpec spec, EncodingContext context) {
    return folded(site, spec, context.int8Range().limit());
  }

  @Override
  public long bytes(Site site, QuantSpec spec) {
    int groups = spec.groups(site.in());
    return TableDecode.bytes(1 << spec.bits(), site.out(), site.in(), groups) + 4L * site.out();
  }

  @Override
  public long saved(Site site, QuantizedWeight weight) {
    return site.kind() == SiteKind.GATHER ? 0 : TableDecode.saved(weight);
  }

  @Override
  public long opset(QuantSpec spec) {
    return 11;
  }

  @Override
  public String minOrtVersion(QuantSpec spec) {
    return "1.9";
  }

  @Override
  public String kernel(Site site) {
    return Int8MatMul.kernel(arithmetic);
  }

  @Override
  public String form(QuantSpec spec) {
    return (isToken() ? Encodings.INT8_TOKEN : Encodings.DYNAMIC_INT8).form(spec);
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    List<Site> uses = emission.rightProducts(site);
    NodeList nodes = new NodeList(emission);
    WeightDecode decode = WeightDecode.of(nodes, site.name(), weight.grid());
    String int8 = decode.int8(weight, Sites.inFirst(site));
    emission.inFront(nodes);
    for (Site use : uses) {
      Int8MatMul.replace(
          emission, use, int8, decode.rowScales(), new NodeList(emission), options, arithmetic);
    }
  }

  static Optional<String> refuseWideCodes(QuantSpec spec) {
    return CodeWords.of(1 << spec.bits()).isDense()
        ? Optional.empty()
        : Optional.of(
            "codes of %d bits take a whole byte each, so plain int8 is as small"
                .formatted(spec.bits()));
  }

  /** Groups become multipliers of one scale a row; without groups the row scale is all there is. */
  static GridRequest folded(Site site, QuantSpec spec, int limit) {
    QuantSpec symmetric = new QuantSpec(spec.bits(), spec.group(), true, spec.clipSearch());
    return spec.groups(site.in()) == 1
        ? GridRequest.uniform(symmetric)
        : new GridRequest(GridFamily.FOLDED, symmetric, limit);
  }
}
