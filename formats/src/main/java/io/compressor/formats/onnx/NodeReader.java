package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfNode;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a NodeProto. */
final class NodeReader {
  private NodeReader() {}

  static Node read(Bytes message, ReadScope scope) {
    Place place = scope.place();
    String name = "";
    String opType = "";
    String domain = "";
    List<String> inputs = new ArrayList<>(4);
    List<String> outputs = new ArrayList<>(1);
    List<Bytes> attributes = new ArrayList<>();
    Extras extras = new Extras();
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      switch (in.number()) {
        case OfNode.INPUT -> inputs.add(in.text());
        case OfNode.OUTPUT -> outputs.add(in.text());
        case OfNode.NAME -> {
          name = in.text();
          extras.addIfEmpty(name, in);
        }
        case OfNode.OP_TYPE -> opType = in.text();
        case OfNode.DOMAIN -> {
          domain = in.text();
          extras.addIfEmpty(domain, in);
        }
        case OfNode.ATTRIBUTE -> attributes.add(in.payload());
        default -> extras.add(in.field());
      }
    }
    place.name(name.isEmpty() && !outputs.isEmpty() ? opType + "->" + outputs.get(0) : name);
    if (opType.isEmpty()) {
      throw place.fault("node without an operator type", "export the model once more");
    }
    return new Node(
        name, opType, domain, inputs, outputs, attributes(attributes, scope), extras.build());
  }

  private static Map<String, Attribute> attributes(List<Bytes> messages, ReadScope scope) {
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    for (Bytes message : messages) {
      scope.place().enter("attribute", attributes.size());
      Attribute attribute = AttributeReader.read(message, scope);
      if (attributes.put(attribute.name(), attribute) != null) {
        throw scope.place().fault("attribute is given twice", "export the model once more");
      }
      scope.place().leave();
    }
    return attributes;
  }
}
