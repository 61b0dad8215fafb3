package io.compressor.graph.opset;

import io.compressor.ir.Node;
import java.util.List;

/** Turns a node of the version before a change into nodes of the version that brought it. */
@FunctionalInterface
interface Conversion {
  List<Node> convert(Node node, ConversionScope scope);

  static Conversion refusing(String reason) {
    return (node, scope) -> scope.refuse(node, reason);
  }
}
