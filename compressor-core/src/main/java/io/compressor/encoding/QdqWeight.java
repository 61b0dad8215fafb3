package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Optional;

/** An int8 weight behind a DequantizeLinear with one scale for each output channel. */
final class QdqWeight {
  static final long OPSET = 13;

  private QdqWeight() {}

  static Optional<String> refuse(Site site) {
    return site.kind() == SiteKind.GATHER
        ? Optional.of("a DequantizeLinear in front of a Gather would restore the whole table")
        : Optional.empty();
  }

  /** Adds the DequantizeLinear for an INT8 value that has the shape {@code use} expects. */
  static String dequantized(NodeList nodes, Site use, String int8, float[] scales) {
    Emission emission = nodes.emission();
    String scale =
        emission.constant(
            Tensor.ofFloats(use.name() + "/scale", new long[] {scales.length}, scales));
    String zero =
        emission.constant(
            Tensor.ofBytes(
                use.name() + "/zero",
                ElementType.INT8,
                new long[] {scales.length},
                new byte[scales.length]));
    long axis = use.layout().transposed() ? use.weight().rank() - 1 : 0;
    return nodes.add(
        use.name() + "/weight",
        "DequantizeLinear",
        List.of(int8, scale, zero),
        Attribute.of("axis", axis));
  }
}
