package io.compressor.graph.opset;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.List;

/**
 * Upsample became Resize at opset 10. Resize got its coordinate and rounding rules at 11: what came
 * before samples asymmetrically, and rounds down when it enlarges, up when it shrinks (as ONNX
 * Runtime's kernel does).
 */
final class ResizeConversions {
  private ResizeConversions() {}

  static List<Node> upsampleToResize(Node node, ConversionScope scope) {
    return List.of(Conversions.renamed(node, "Resize"));
  }

  static List<Node> addRoi(Node node, ConversionScope scope) {
    if (node.input(1).isEmpty()) {
      return scope.refuse(node, "lacks its scales");
    }
    String scales = node.inputs().get(1);
    Node now =
        AttributeToInput.withAttribute(
                node, Attribute.of("coordinate_transformation_mode", "asymmetric"))
            .withInputs(List.of(node.inputs().get(0), scope.floats("roi"), scales));
    if (!node.textAttribute("mode", "nearest").equals("nearest")) {
      return List.of(now);
    }
    float[] factors = Conversions.floats(scales, scope).orElse(new float[0]);
    boolean grows = true;
    boolean shrinks = true;
    for (float f : factors) {
      grows &= f >= 1;
      shrinks &= f <= 1;
    }
    if (factors.length == 0 || (!grows && !shrinks)) {
      return scope.refuse(
          node, "rounds by the direction of its scales, which are not constant or mixed");
    }
    return List.of(
        AttributeToInput.withAttribute(
            now, Attribute.of("nearest_mode", grows ? "floor" : "ceil")));
  }
}
