package io.compressor.graph.opset;

import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The most frequent change: what was an attribute becomes a constant input. */
final class AttributeToInput {
  private AttributeToInput() {}

  /** Integer lists, appended as inputs in the given order; absent ones stay absent. */
  static Conversion longs(String... names) {
    return (node, scope) -> {
      Node now = node;
      int at = 0;
      for (String name : names) {
        at++;
        long[] values = now.intsAttribute(name).orElse(new long[0]);
        now = Conversions.without(now, name);
        if (values.length > 0) {
          now = withInput(now, at, scope.longs(name, values));
        }
      }
      return List.of(now);
    };
  }

  /** One integer that becomes a vector of one. */
  static Conversion vector(String name) {
    return (node, scope) ->
        List.of(
            withInput(
                Conversions.without(node, name), 1, scope.longs(name, node.intAttribute(name, 1))));
  }

  /** A float list, appended as an input. */
  static Conversion floats(String name) {
    return (node, scope) ->
        attribute(node, name) instanceof AttributeValue.OfFloats f
            ? List.of(withInput(Conversions.without(node, name), 1, scope.floats(name, f.values())))
            : scope.refuse(node, "lacks its attribute '" + name + "'");
  }

  /** Sets input {@code at}, padding with omitted inputs. */
  static Node withInput(Node node, int at, String value) {
    List<String> inputs = new ArrayList<>(node.inputs());
    while (inputs.size() <= at) {
      inputs.add("");
    }
    inputs.set(at, value);
    return node.withInputs(inputs);
  }

  static Node withAttribute(Node node, Attribute attribute) {
    Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
    attributes.put(attribute.name(), attribute);
    return node.withAttributes(attributes);
  }

  private static Object attribute(Node node, String name) {
    Attribute found = node.attributes().get(name);
    return found == null ? "" : found.value();
  }
}
