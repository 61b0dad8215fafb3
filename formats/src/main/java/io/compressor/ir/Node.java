package io.compressor.ir;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One operator call. An empty input name is an omitted optional input.
 *
 * @param domain empty for ai.onnx
 * @param extra NodeProto fields that are not modelled (doc_string, overload, metadata), verbatim
 */
public record Node(
    String name,
    String opType,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Map<String, Attribute> attributes,
    Bytes extra) {
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** A standard-domain node. */
  public static Node of(
      String opType, List<String> inputs, List<String> outputs, Attribute... attributes) {
    return in("", opType, inputs, outputs, attributes);
  }

  public static Node in(
      String domain,
      String opType,
      List<String> inputs,
      List<String> outputs,
      Attribute... attributes) {
    Map<String, Attribute> map = new LinkedHashMap<>();
    Arrays.stream(attributes).forEach(a -> map.put(a.name(), a));
    return new Node("", opType, domain, inputs, outputs, map, Bytes.empty());
  }

  public Node withName(String newName) {
    return new Node(newName, opType, domain, inputs, outputs, attributes, extra);
  }

  public Node withInputs(List<String> newInputs) {
    return new Node(name, opType, domain, newInputs, outputs, attributes, extra);
  }

  public Node withOutputs(List<String> newOutputs) {
    return new Node(name, opType, domain, inputs, newOutputs, attributes, extra);
  }

  public Node withAttributes(Map<String, Attribute> newAttributes) {
    return new Node(name, opType, domain, inputs, outputs, newAttributes, extra);
  }

  /** Whether this is {@code type} of the standard domain (spelled "" or "ai.onnx"). */
  public boolean is(String type) {
    return opType.equals(type) && (domain.isEmpty() || domain.equals("ai.onnx"));
  }

  /** The i-th input's name, or empty when absent or omitted. */
  public Optional<String> input(int i) {
    return i < inputs.size() && !inputs.get(i).isEmpty()
        ? Optional.of(inputs.get(i))
        : Optional.empty();
  }

  public long intAttribute(String key, long fallback) {
    return value(key) instanceof AttributeValue.OfInt v ? v.value() : fallback;
  }

  public float floatAttribute(String key, float fallback) {
    return value(key) instanceof AttributeValue.OfFloat v ? v.value() : fallback;
  }

  public String textAttribute(String key, String fallback) {
    return value(key) instanceof AttributeValue.OfString v ? v.text() : fallback;
  }

  public Optional<long[]> intsAttribute(String key) {
    return value(key) instanceof AttributeValue.OfInts v
        ? Optional.of(v.values())
        : Optional.empty();
  }

  /** The graphs held by attributes (branches of If, bodies of Loop and Scan). */
  public List<Graph> subgraphs() {
    List<Graph> found = new ArrayList<>(0);
    for (Attribute attribute : attributes.values()) {
      if (attribute.value() instanceof AttributeValue.OfGraph g) {
        found.add(g.value());
      } else if (attribute.value() instanceof AttributeValue.OfGraphs gs) {
        found.addAll(gs.values());
      }
    }
    return found;
  }

  /** What to call this node in messages: its name, or its operator and first output. */
  public String label() {
    return !name.isEmpty() ? name : opType + "->" + (outputs.isEmpty() ? "" : outputs.get(0));
  }

  private @Nullable AttributeValue value(String key) {
    Attribute found = attributes.get(key);
    return found == null ? null : found.value();
  }
}
