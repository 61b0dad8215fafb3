package io.compressor.graph.opset;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.List;
import java.util.Optional;

/**
 * Softmax, LogSoftmax and Hardmax before opset 13 flatten their input to a matrix at {@code axis}
 * (default 1) and work on its rows; from 13 on they work along one axis (default the last).
 *
 * <pre>
 *   before:  Softmax(x, axis=k)
 *   after:   Softmax(x, axis=-1)                                   when k is the last axis
 *            Reshape(Softmax(Flatten(x, axis=k), axis=-1), Shape(x))   otherwise
 * </pre>
 */
final class SoftmaxConversion {
  private SoftmaxConversion() {}

  static List<Node> convert(Node node, ConversionScope scope) {
    String x = node.inputs().get(0);
    long axis = node.intAttribute("axis", 1);
    Optional<Integer> rank = scope.rank(x);
    boolean last = axis == -1 || rank.filter(r -> axis == r - 1).isPresent();
    Node rows = AttributeToInput.withAttribute(node, Attribute.of("axis", -1));
    if (last) {
      return List.of(rows);
    }
    String y = node.outputs().get(0);
    String shape = scope.freshName(y + "_shape");
    String flat = scope.freshName(y + "_flat");
    String made = scope.freshName(y + "_rows");
    return List.of(
        Node.of("Shape", List.of(x), List.of(shape)),
        Node.of("Flatten", List.of(x), List.of(flat), Attribute.of("axis", axis)),
        rows.withInputs(List.of(flat)).withOutputs(List.of(made)),
        Node.of("Reshape", List.of(made, shape), List.of(y)));
  }
}
