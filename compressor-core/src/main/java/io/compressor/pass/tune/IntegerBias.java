package io.compressor.pass.tune;

import io.compressor.graph.GraphIndex;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The int32 bias of a layer of static int8. ONNX Runtime's kernels take its scale to be the input's
 * times the weight's, so where the weight's scale moves the bias has to be rounded anew.
 *
 * @param value what the DequantizeLinear makes
 * @param codes int32 [out]
 * @param scales [out]
 * @param weightScales [out]
 */
record IntegerBias(String value, Tensor codes, Tensor scales, Tensor weightScales) {
  private static final int BIAS = 2;

  static List<IntegerBias> find(Model model) {
    GraphIndex index = new GraphIndex(model);
    List<IntegerBias> found = new ArrayList<>();
    for (Node node : model.graph().nodes()) {
      if (node.inputs().size() > BIAS) {
        of(index, node).ifPresent(found::add);
      }
    }
    return found;
  }

  private static Optional<IntegerBias> of(GraphIndex index, Node layer) {
    Map<String, Tensor> constants = index.model().graph().initializers();
    Optional<Node> bias = dequantized(index, layer.inputs().get(BIAS));
    Optional<Node> weight = dequantized(index, layer.inputs().get(1));
    if (bias.isEmpty() || weight.isEmpty()) {
      return Optional.empty();
    }
    Tensor codes = constants.get(bias.get().inputs().get(0));
    Tensor scales = constants.get(bias.get().inputs().get(1));
    Tensor weightScales = constants.get(weight.get().inputs().get(1));
    boolean fits =
        codes != null
            && scales != null
            && weightScales != null
            && codes.type() == ElementType.INT32
            && scales.type() == ElementType.FLOAT
            && weightScales.type() == ElementType.FLOAT
            && scales.elements() == codes.elements()
            && weightScales.elements() == codes.elements()
            && bias.get().inputs().size() == BIAS
            && index.consumers(layer.inputs().get(BIAS)).size() == 1
            && index.consumers(codes.name()).size() == 1
            && index.consumers(scales.name()).size() == 1;
    return fits
        ? Optional.of(
            new IntegerBias(
                layer.inputs().get(BIAS),
                Objects.requireNonNull(codes),
                Objects.requireNonNull(scales),
                Objects.requireNonNull(weightScales)))
        : Optional.empty();
  }

  private static Optional<Node> dequantized(GraphIndex index, String value) {
    return index.producer(value).filter(n -> n.is("DequantizeLinear"));
  }

  /** As float32, [out]. */
  Tensor master() {
    long[] q = codes.toLongs();
    float[] s = scales.toFloats();
    float[] values = new float[q.length];
    for (int i = 0; i < q.length; i++) {
      values[i] = q[i] * s[i];
    }
    return Tensor.ofFloats(value, codes.dims(), values);
  }

  /** Codes and scales for a weight whose scales have moved, and perhaps for another bias. */
  List<Tensor> written(float[] movedWeightScales, float[] bias) {
    float[] s = scales.toFloats();
    float[] w = weightScales.toFloats();
    int[] q = new int[s.length];
    for (int i = 0; i < s.length; i++) {
      if (w[i] != movedWeightScales[i]) {
        float moved = (float) ((double) s[i] * movedWeightScales[i] / w[i]);
        s[i] = Math.copySign(Math.max(Math.abs(moved), Float.MIN_NORMAL), moved);
      }
      double code = Math.rint(bias[i] / (double) s[i]);
      q[i] = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, code));
    }
    return List.of(
        Tensor.ofInts(codes.name(), codes.dims(), q),
        Tensor.ofFloats(scales.name(), scales.dims(), s));
  }
}
