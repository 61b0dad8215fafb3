package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.List;
import java.util.Optional;

/** An embedding table of int8 rows with one scale each, restored after the Gather. */
final class Int8Rows implements Encoding {
  @Override
  public String id() {
    return "int8-rows";
  }

  @Override
  public Arithmetic arithmetic() {
    return Arithmetic.FLOAT;
  }

  @Override
  public boolean isPortable() {
    return true;
  }

  @Override
  public Optional<String> refuseSite(Site site, QuantSpec spec) {
    return site.kind() == SiteKind.GATHER
        ? Optional.empty()
        : Optional.of("only embedding tables can be written as rows");
  }

  @Override
  public GridRequest grid(Site site, QuantSpec spec, EncodingContext context) {
    return GridRequest.uniform(new QuantSpec(8, 0, true, spec.clipSearch()));
  }

  @Override
  public long bytes(Site site, QuantSpec spec) {
    return site.parameters() + 4L * site.out();
  }

  @Override
  public long opset(QuantSpec spec) {
    return 9;
  }

  @Override
  public String minOrtVersion(QuantSpec spec) {
    return "1.9";
  }

  @Override
  public String kernel(Site site) {
    return "Gather";
  }

  @Override
  public String form(QuantSpec spec) {
    return id();
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    FoldedForm form = FoldedForm.of(weight.grid());
    String base = site.name();
    String table =
        emission.constant(
            Tensor.ofBytes(
                base + "/int8",
                ElementType.INT8,
                new long[] {form.rows(), form.cols()},
                form.int8(weight.codes())));
    String scales =
        emission.constant(
            Tensor.ofFloats(base + "/scale", new long[] {form.rows(), 1}, form.rowScales()));
    for (Site use : emission.uses(site)) {
      NodeList nodes = new NodeList(emission);
      String rows = nodes.gather(base + "/rows", table, use.input());
      String levels = nodes.cast(base + "/levels", rows, ElementType.FLOAT);
      String scale = nodes.gather(base + "/row_scale", scales, use.input());
      nodes.add(Node.of("Mul", List.of(levels, scale), List.of(use.output())));
      emission.editor().replace(use.output(), nodes.nodes());
    }
  }
}
