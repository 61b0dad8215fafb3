package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.block.BlockGrid;
import java.util.Optional;

/**
 * Any number of levels in the file, float32 arithmetic: packed codes that ONNX Runtime decodes to
 * float weights while it loads. Runs exactly as fast as the original and takes its memory;
 * embedding tables become int8 at load, or stay packed in memory where they are large ({@link
 * TableRows}).
 */
final class TableFloat implements Encoding {
  @Override
  public String id() {
    return "table-float";
  }

  @Override
  public Arithmetic arithmetic() {
    return Arithmetic.FLOAT;
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
    return TableInt8.refuseWideCodes(spec)
        .or(() -> site.kind() == SiteKind.GATHER ? TableRows.refuse(site, spec) : Optional.empty());
  }

  @Override
  public GridRequest grid(Site site, QuantSpec spec, EncodingContext context) {
    return TableInt8.folded(site, spec, Int8Range.FULL.limit());
  }

  @Override
  public long bytes(Site site, QuantSpec spec) {
    return site.kind() == SiteKind.GATHER
        ? TableRows.bytes(site, spec)
        : TableDecode.bytes(1 << spec.bits(), site.out(), site.in(), spec.groups(site.in()))
            + 4L * site.out();
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
    return site.node().opType();
  }

  @Override
  public String form(QuantSpec spec) {
    return ProbeTable.FLOAT;
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    if (weight.grid() instanceof BlockGrid grid) {
      blocks(emission, site, weight, new BlockForm(emission, site.name(), grid), options);
      return;
    }
    if (site.kind() == SiteKind.GATHER) {
      TableRows.emit(emission, site, weight, FoldedForm.of(weight.grid()));
      return;
    }
    emission.replaceWeight(
        site,
        options,
        use -> {
          NodeList nodes = new NodeList(emission);
          String matrix =
              WeightDecode.of(nodes, site.name(), weight.grid()).floats(weight, use.layout());
          String shaped =
              use.weight().rank() == 2
                  ? matrix
                  : nodes.reshape(site.name() + "/shaped", matrix, use.weight().dims());
          emission.inFront(nodes);
          return shaped;
        });
  }

  private static void blocks(
      Emission emission, Site site, QuantizedWeight weight, BlockForm form, EmitOptions options) {
    if (site.kind() == SiteKind.GATHER) {
      form.rows(site, weight);
      return;
    }
    emission.replaceWeight(
        site,
        options,
        use -> {
          NodeList nodes = new NodeList(emission);
          String matrix = form.matrix(nodes, weight, use.layout());
          String shaped =
              use.weight().rank() == 2
                  ? matrix
                  : nodes.reshape(site.name() + "/shaped", matrix, use.weight().dims());
          emission.inFront(nodes);
          return shaped;
        });
  }
}
