package io.compressor.encoding;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A float value as uint8 with a scale for each row: x = largest · (value − zeroPoint) · scale.
 * Computed once for all sites that read it. A row of zeros is divided by zero: whatever codes come
 * out, the product is multiplied by its largest magnitude, which is 0.
 *
 * @param value [..., n] uint8
 * @param largest [..., 1] float, magnitude of the largest entry of each row
 * @param scale constant, 1/127
 * @param zeroPoint constant, 128
 */
record RowScaledInput(String value, String largest, String scale, String zeroPoint) {
  private static final long REDUCE_AXES_AS_INPUT = 18;

  static RowScaledInput of(Emission emission, String input, EmitOptions options) {
    String x = emission.input(input, options);
    String scale =
        emission.constant(Tensor.ofFloats("row/scale", new long[0], new float[] {1 / 127f}));
    String zero =
        emission.constant(
            Tensor.ofBytes("row/zero", ElementType.UINT8, new long[0], new byte[] {(byte) 128}));
    return emission.rowScaled(
        x,
        () -> {
          NodeList nodes = new NodeList(emission);
          String magnitude = nodes.add(x + "/abs", "Abs", List.of(x));
          String largest = largest(emission, nodes, x, magnitude);
          String unit = nodes.add(x + "/unit", "Div", List.of(x, largest));
          String value = nodes.add(x + "/uint8", "QuantizeLinear", List.of(unit, scale, zero));
          emission.insertAfter(x, nodes.nodes());
          return new RowScaledInput(value, largest, scale, zero);
        });
  }

  private static String largest(Emission emission, NodeList nodes, String x, String magnitude) {
    List<Attribute> attributes = new ArrayList<>(List.of(Attribute.of("keepdims", 1)));
    List<String> inputs = new ArrayList<>(List.of(magnitude));
    if (emission.opset() < REDUCE_AXES_AS_INPUT) {
      attributes.add(Attribute.of("axes", new long[] {-1}));
    } else {
      inputs.add(emission.shape(-1));
    }
    return nodes.add(x + "/largest", "ReduceMax", inputs, attributes.toArray(new Attribute[0]));
  }
}
