package io.compressor.graph.opset;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Conversions of single operators; one method per change. */
final class Conversions {
  private static final String UNKNOWN_TYPE = "has an input of unknown element type";

  private Conversions() {}

  static Node without(Node node, String attribute) {
    if (!node.attributes().containsKey(attribute)) {
      return node;
    }
    Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
    attributes.remove(attribute);
    return node.withAttributes(attributes);
  }

  static Node renamed(Node node, String opType) {
    return new Node(
        node.name(),
        opType,
        node.domain(),
        node.inputs(),
        node.outputs(),
        node.attributes(),
        node.extra());
  }

  /** Spells out an attribute whose default changes. */
  static Conversion withDefault(String name, String old) {
    return (node, scope) ->
        List.of(
            node.attributes().containsKey(name)
                ? node
                : AttributeToInput.withAttribute(node, Attribute.of(name, old)));
  }

  static List<Node> dropSpatial(Node node, ConversionScope scope) {
    return node.intAttribute("spatial", 1) == 1
        ? List.of(without(node, "spatial"))
        : scope.refuse(node, "with spatial = 0 has no later form");
  }

  static List<Node> inferenceOnly(Node node, ConversionScope scope) {
    boolean trains = node.outputs().stream().skip(1).anyMatch(o -> !o.isEmpty() && scope.isUsed(o));
    return trains
        ? scope.refuse(node, "returns training statistics")
        : List.of(node.withOutputs(node.outputs().subList(0, 1)));
  }

  /** The mask changes its type at opset 10; in inference nobody needs it. */
  static List<Node> withoutMask(Node node, ConversionScope scope) {
    boolean masked = node.outputs().stream().skip(1).anyMatch(o -> !o.isEmpty() && scope.isUsed(o));
    return masked
        ? scope.refuse(node, "returns a mask, whose type changes at opset 10")
        : List.of(node.withOutputs(node.outputs().subList(0, 1)));
  }

  static List<Node> clipBounds(Node node, ConversionScope scope) {
    float min = node.floatAttribute("min", -Float.MAX_VALUE);
    float max = node.floatAttribute("max", Float.MAX_VALUE);
    Node now = without(without(node, "min"), "max");
    if (min > -Float.MAX_VALUE) {
      Optional<String> low = scope.scalarLike(node.inputs().get(0), "min", min);
      if (low.isEmpty()) {
        return scope.refuse(node, UNKNOWN_TYPE);
      }
      now = AttributeToInput.withInput(now, 1, low.get());
    }
    if (max < Float.MAX_VALUE) {
      Optional<String> high = scope.scalarLike(node.inputs().get(0), "max", max);
      if (high.isEmpty()) {
        return scope.refuse(node, UNKNOWN_TYPE);
      }
      now = AttributeToInput.withInput(now, 2, high.get());
    }
    return List.of(now);
  }

  static List<Node> padInputs(Node node, ConversionScope scope) {
    long[] pads = node.intsAttribute("pads").orElse(new long[0]);
    float value = node.floatAttribute("value", 0);
    Node now =
        AttributeToInput.withInput(
            without(without(node, "pads"), "value"), 1, scope.longs("pads", pads));
    if (value == 0) {
      return List.of(now);
    }
    Optional<String> fill = scope.scalarLike(node.inputs().get(0), "value", value);
    return fill.isEmpty()
        ? scope.refuse(node, UNKNOWN_TYPE)
        : List.of(AttributeToInput.withInput(now, 2, fill.get()));
  }

  /** From opset 18 a Split without sizes must say how many parts it makes. */
  static List<Node> countOutputs(Node node, ConversionScope scope) {
    return List.of(
        node.input(1).isPresent()
            ? node
            : AttributeToInput.withAttribute(
                node, Attribute.of("num_outputs", node.outputs().size())));
  }

  static List<Node> interpolationNames(Node node, ConversionScope scope) {
    String now =
        switch (node.textAttribute("mode", "bilinear")) {
          case "bilinear" -> "linear";
          case "bicubic" -> "cubic";
          default -> "nearest";
        };
    return List.of(AttributeToInput.withAttribute(node, Attribute.of("mode", now)));
  }

  static List<Node> dftAxis(Node node, ConversionScope scope) {
    String axis = scope.scalar("axis", node.intAttribute("axis", 1));
    return List.of(AttributeToInput.withInput(without(node, "axis"), 2, axis));
  }

  /** The numbers of a constant float vector. */
  static Optional<float[]> floats(String value, ConversionScope scope) {
    return scope.constant(value).filter(t -> t.type() == ElementType.FLOAT).map(Tensor::toFloats);
  }
}
