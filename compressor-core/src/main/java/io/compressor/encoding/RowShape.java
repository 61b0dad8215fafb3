package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.List;
import java.util.Map;

/** Rows gathered by a flat list of ids, back in the shape of the ids. */
final class RowShape {
  private RowShape() {}

  /** [ids × cols] to the shape of the ids with the columns as last axis, under the use's output. */
  static void restore(NodeList nodes, Site use, String rows) {
    Emission emission = nodes.emission();
    String ids = nodes.add(use.name() + "/ids_shape", "Shape", List.of(use.input()));
    String shape =
        nodes.add(
            use.name() + "/shape",
            "Concat",
            List.of(ids, emission.shape(use.in())),
            Attribute.of("axis", 0));
    Node reshape = Node.of("Reshape", List.of(rows, shape), List.of(use.output()));
    boolean knowsZero = emission.opset() >= 14; // below, an empty batch cannot be restored
    nodes.add(
        knowsZero
            ? reshape.withAttributes(Map.of("allowzero", Attribute.of("allowzero", 1)))
            : reshape);
  }
}
