package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.WeightLayout;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.List;
import java.util.Optional;

/**
 * One byte a weight in the file, one scale for each output channel, float32 arithmetic: {@code int8
 * ─ Cast ─ Mul(scale)}, which ONNX Runtime folds while it loads. Runs exactly as fast as the
 * original and takes its memory. Only where int8 arithmetic is not wanted; elsewhere {@link
 * DynamicInt8} is as small.
 */
final class Int8Float implements Encoding {
  @Override
  public String id() {
    return "int8-float";
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
        ? Optional.of("embedding tables are written as rows")
        : Optional.empty();
  }

  /** Always the whole byte: fewer bits would not make the file smaller. */
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
    return site.node().opType();
  }

  @Override
  public String form(QuantSpec spec) {
    return ProbeTable.FLOAT;
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    FoldedForm form = FoldedForm.of(weight.grid());
    byte[] int8 = form.int8(weight.codes());
    emission.replaceWeight(site, options, use -> restored(emission, use, form, int8));
  }

  private static String restored(Emission emission, Site use, FoldedForm form, byte[] int8) {
    NodeList nodes = new NodeList(emission);
    String base = use.name();
    WeightLayout layout = use.layout();
    boolean inFirst = layout.transposed();
    long rows = form.rows();
    String stored =
        emission.constant(
            Tensor.ofBytes(
                base + "/int8",
                ElementType.INT8,
                inFirst ? new long[] {form.cols(), rows} : new long[] {rows, form.cols()},
                layout.toStored(int8)));
    String scales =
        emission.constant(
            Tensor.ofFloats(
                base + "/scale",
                inFirst ? new long[] {rows} : new long[] {rows, 1},
                form.rowScales()));
    String levels = nodes.cast(base + "/levels", stored, ElementType.FLOAT);
    String matrix = nodes.add(base + "/weight", "Mul", List.of(levels, scales));
    String shaped =
        use.weight().rank() == 2
            ? matrix
            : nodes.reshape(base + "/shaped", matrix, use.weight().dims());
    emission.inFront(nodes);
    return shaped;
  }
}
