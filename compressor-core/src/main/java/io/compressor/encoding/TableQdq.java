package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.Optional;

/**
 * Any number of levels in the file, int8 in memory, for static quantization: packed codes are
 * decoded to int8 at load and pass a DequantizeLinear, which fuses to QLinearConv or QLinearMatMul
 * between quantized activations.
 */
final class TableQdq implements Encoding {
  @Override
  public String id() {
    return "table-qdq";
  }

  @Override
  public Arithmetic arithmetic() {
    return Arithmetic.STATIC_INT8;
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
    return QdqWeight.refuse(site).or(() -> TableInt8.refuseWideCodes(spec));
  }

  @Override
  public GridRequest grid(Site site, QuantSpec spec, EncodingContext context) {
    return TableInt8.folded(site, spec, context.int8Range().limit());
  }

  @Override
  public long bytes(Site site, QuantSpec spec) {
    return TableDecode.bytes(1 << spec.bits(), site.out(), site.in(), spec.groups(site.in()))
        + 5L * site.out();
  }

  @Override
  public long saved(Site site, QuantizedWeight weight) {
    return site.kind() == SiteKind.GATHER ? 0 : TableDecode.saved(weight);
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
    return ChannelDq.qlinear(site);
  }

  @Override
  public String form(QuantSpec spec) {
    return "int8-static";
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    emission.replaceWeight(
        site,
        options,
        use -> {
          NodeList nodes = new NodeList(emission);
          WeightDecode decode = WeightDecode.of(nodes, site.name(), weight.grid());
          String matrix = decode.int8(weight, use.layout());
          String shaped =
              use.weight().rank() == 2
                  ? matrix
                  : nodes.reshape(site.name() + "/shaped", matrix, use.weight().dims());
          String restored = QdqWeight.dequantized(nodes, use, shaped, decode.rowScales());
          emission.inFront(nodes);
          return restored;
        });
  }
}
