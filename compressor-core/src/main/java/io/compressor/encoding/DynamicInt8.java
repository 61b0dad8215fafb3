package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.Optional;

/**
 * int8 weights, one scale for each output channel, and activations rounded to 8 bits while the
 * model runs. The fastest form for several rows at once on any x86 or ARM CPU.
 */
final class DynamicInt8 implements Encoding {
  private final Arithmetic arithmetic;

  /**
   * @param arithmetic DYNAMIC_INT8, or TOKEN_INT8 for a scale a row
   */
  DynamicInt8(Arithmetic arithmetic) {
    this.arithmetic = arithmetic;
  }

  @Override
  public String id() {
    return isToken() ? "int8-token" : "int8-dynamic";
  }

  @Override
  public Arithmetic arithmetic() {
    return arithmetic;
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
    return Sites.refuseUnlessRightProduct(site);
  }

  /** Always the whole int8 range that is safe: fewer bits would not make the file smaller. */
  @Override
  public GridRequest grid(Site site, QuantSpec spec, EncodingContext context) {
    return GridRequest.uniform(
        new QuantSpec(context.int8Range().bits(), 0, true, spec.clipSearch()));
  }

  @Override
  public long bytes(Site site, QuantSpec spec) {
    return site.parameters() + 4L * site.out();
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
    return id();
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    FoldedForm form = FoldedForm.of(weight.grid());
    String name =
        emission.constant(
            Tensor.ofBytes(
                site.name() + "/int8",
                ElementType.INT8,
                new long[] {form.cols(), form.rows()},
                Sites.inFirst(site).toStored(form.int8(weight.codes()))));
    for (Site use : emission.rightProducts(site)) {
      Int8MatMul.replace(
          emission, use, name, form.rowScales(), new NodeList(emission), options, arithmetic);
    }
  }
}
