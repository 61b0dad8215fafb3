package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import java.util.List;
import java.util.Optional;

/**
 * The product of a float input and an int8 weight, in the order of nodes that ONNX Runtime fuses:
 * DynamicQuantizeLinear → MatMulInteger → Cast → Mul (→ Add) becomes MatMulIntegerToFloat, and
 * DynamicQuantizeMatMul where no other node reads the quantized input.
 */
final class Int8MatMul {
  private Int8MatMul() {}

  /** The kernel that does the work. */
  static String kernel(Arithmetic arithmetic) {
    return isByRow(arithmetic) ? "MatMulIntegerToFloat" : "DynamicQuantizeMatMul";
  }

  /** Rows need a contributed operator, or three passes over the output. */
  static boolean isPortable(Arithmetic arithmetic) {
    return !isByRow(arithmetic);
  }

  private static boolean isByRow(Arithmetic arithmetic) {
    return arithmetic == Arithmetic.TOKEN_INT8;
  }

  /**
   * Replaces the site's node.
   *
   * @param site MATMUL with the weight on the right, or GEMM
   * @param weight value that holds the int8 weight [in × out]
   * @param arithmetic TOKEN_INT8 for a scale for each row of the input, else one for all of it
   * @param before nodes that make {@code weight}, when it is not a constant
   */
  static void replace(
      Emission emission,
      Site site,
      String weight,
      float[] scales,
      NodeList before,
      EmitOptions options,
      Arithmetic arithmetic) {
    if (isByRow(arithmetic)) {
      replaceByRow(emission, site, weight, scales, before, options);
      return;
    }
    Emission.QuantizedInput x = emission.quantizedInput(site.input(), options);
    String base = site.name();
    String scale =
        ScaleStorage.write(emission, base + "/scale", new long[] {scales.length}, scales);
    String sum =
        before.add(base + "/int32", "MatMulInteger", List.of(x.value(), weight, x.zeroPoint()));
    String cast = before.cast(base + "/float", sum, ElementType.FLOAT);
    String both = before.add(base + "/scales", "Mul", List.of(x.scale(), scale));
    ending(emission, site, cast, both, before);
    emission.editor().replace(site.output(), before.nodes());
  }

  /** y = r · (q · weight · scales) (+ bias) with r the largest magnitude of each row of x. */
  private static void replaceByRow(
      Emission emission,
      Site site,
      String weight,
      float[] scales,
      NodeList before,
      EmitOptions options) {
    RowScaledInput x = RowScaledInput.of(emission, site.input(), options);
    String base = site.name();
    String scale =
        ScaleStorage.write(emission, base + "/scale", new long[] {scales.length}, scales);
    String product =
        before.addContributed(
            base + "/rows",
            "MatMulIntegerToFloat",
            List.of(x.value(), weight, x.scale(), scale, x.zeroPoint()));
    ending(emission, site, product, x.largest(), before);
    emission.editor().replace(site.output(), before.nodes());
  }

  /** y = product · scales (+ bias), under the site's own output name. */
  private static void ending(
      Emission emission, Site site, String cast, String scales, NodeList before) {
    List<String> factors = List.of(cast, scales);
    List<String> output = List.of(site.output());
    Optional<String> bias = emission.ownBias(site);
    if (bias.isEmpty()) {
      before.add(Node.of("Mul", factors, output));
      return;
    }
    String product = before.add(site.name() + "/product", "Mul", factors);
    before.add(Node.of("Add", List.of(product, bias.get()), output));
  }
}
