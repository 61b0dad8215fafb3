package io.compressor.encoding.activation;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.Site;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.solver.activation.Uint8Parameters;
import java.util.List;
import java.util.Map;

/**
 * Writes static int8: a QuantizeLinear/DequantizeLinear pair on every value of a {@link
 * StaticPlan}, int8 weights per output channel, int32 biases. ONNX Runtime turns the chains into
 * QLinearConv and its kin (any version; per-channel scales need opset 13).
 *
 * <p>Value names survive: the dequantized value takes the original name, so nothing downstream has
 * to be rewired.
 */
public final class StaticInt8 {
  private final GraphEditor editor;
  private final Map<String, Uint8Parameters> params;

  /**
   * @param params by grid name, see {@link StaticPlan#ranges()}
   */
  public StaticInt8(GraphEditor editor, Map<String, Uint8Parameters> params) {
    this.editor = editor;
    this.params = Map.copyOf(params);
    editor.requireOpset("", 13);
  }

  /** Puts the pairs on the plan's values. */
  public void quantizeActivations(StaticPlan plan) {
    plan.grids().forEach(this::pair);
  }

  /**
   * Stores a Conv's bias as int32 with the scale of the products it is added to, as the integer
   * kernel wants it. The weight is already int8 behind a DequantizeLinear.
   *
   * @param scales of the weight, one per output channel [out]; some may be below 0
   * @param bias [out], corrections included
   * @param gridOfInput the grid of the site's input
   */
  public void quantizeBias(Site site, float[] scales, float[] bias, String gridOfInput) {
    float inputScale = grid(gridOfInput).scale();
    float[] biasScales = new float[scales.length];
    int[] codes = new int[scales.length];
    for (int o = 0; o < scales.length; o++) {
      float product = inputScale * scales[o];
      biasScales[o] = Math.copySign(Math.max(Math.abs(product), Float.MIN_NORMAL), product);
      double code = Math.rint(bias[o] / (double) biasScales[o]);
      codes[o] = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, code));
    }
    long[] channels = {scales.length};
    String stored =
        editor.addInitializer(Tensor.ofInts(site.name() + "_bias_int32", channels, codes));
    String scale =
        editor.addInitializer(Tensor.ofFloats(site.name() + "_bias_scale", channels, biasScales));
    String value = editor.freshName(site.name() + "_bias_dequantized");
    editor.insertBefore(
        site.output(),
        List.of(
            Node.of(
                "DequantizeLinear",
                List.of(stored, scale),
                List.of(value),
                Attribute.of("axis", 0L))));
    editor.update(
        site.output(), n -> n.withInputs(List.of(n.inputs().get(0), n.inputs().get(1), value)));
  }

  private void pair(String value, String gridName) {
    Uint8Parameters grid = grid(gridName);
    String scale = editor.addInitializer(Tensor.scalar(value + "_scale", grid.scale()));
    String zero =
        editor.addInitializer(
            Tensor.ofBytes(
                value + "_zero",
                ElementType.UINT8,
                new long[0],
                new byte[] {(byte) grid.zeroPoint()}));
    String codes = editor.freshName(value + "_quantized");
    if (editor.hasProducer(value)) {
      String raw = editor.freshName(value + "_float");
      editor.update(
          value,
          n -> n.withOutputs(n.outputs().stream().map(o -> o.equals(value) ? raw : o).toList()));
      editor.insertAfter(raw, pairNodes(raw, scale, zero, codes, value));
    } else {
      String after = editor.freshName(value + "_dequantized");
      editor.replaceUses(value, after);
      editor.prepend(pairNodes(value, scale, zero, codes, after));
    }
  }

  private static List<Node> pairNodes(
      String from, String scale, String zero, String codes, String to) {
    return List.of(
        Node.of("QuantizeLinear", List.of(from, scale, zero), List.of(codes)),
        Node.of("DequantizeLinear", List.of(codes, scale, zero), List.of(to)));
  }

  private Uint8Parameters grid(String name) {
    Uint8Parameters found = params.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no range for '" + name + "'");
    }
    return found;
  }
}
