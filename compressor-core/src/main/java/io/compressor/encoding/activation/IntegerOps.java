package io.compressor.encoding.activation;

import io.compressor.ir.Node;
import java.util.Set;

/** Which operators carry int8 data on, and how, in ONNX Runtime's CPU provider. */
final class IntegerOps {
  /** Output codes are a selection or rearrangement of input codes: same scale, same zero point. */
  private static final Set<String> SAME_CODES =
      Set.of("MaxPool", "Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze");

  /** Integer kernels with an output grid of their own (QLinearGlobalAveragePool …). */
  private static final Set<String> OWN_GRID =
      Set.of("AveragePool", "GlobalAveragePool", "Add", "Concat");

  private IntegerOps() {}

  static boolean keepsCodes(Node node) {
    return SAME_CODES.stream().anyMatch(node::is);
  }

  static boolean hasIntegerKernel(Node node) {
    return OWN_GRID.stream().anyMatch(node::is);
  }

  /** How many leading inputs are data (the rest are shapes, axes, bounds). */
  static int dataInputs(Node node) {
    return node.is("Add") || node.is("Concat") ? node.inputs().size() : 1;
  }

  /** Activations that vanish into the clamp of the quantized output before them. */
  static boolean isClamp(Node node) {
    return node.is("Relu") || node.is("Clip");
  }
}
