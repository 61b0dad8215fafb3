package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfAttribute;
import io.compressor.formats.onnx.Fields.OfGraph;
import io.compressor.formats.onnx.Fields.OfNode;
import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Bytes;
import io.compressor.ir.Graph;
import io.compressor.ir.Node;
import io.compressor.ir.SparseTensor;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;

/**
 * Graphs, nodes and attributes as messages. Fields carried verbatim come first: a modelled field
 * that repeats one of them then has the last word.
 */
final class GraphMessage {
  private GraphMessage() {}

  static Bytes of(Graph graph, Placement placement) {
    WireWriter out = new WireWriter().raw(graph.extra()).present(OfGraph.NAME, graph.name());
    for (Value input : graph.inputs()) {
      out.bytes(OfGraph.INPUT, ValueMessage.of(input));
    }
    for (Value output : graph.outputs()) {
      out.bytes(OfGraph.OUTPUT, ValueMessage.of(output));
    }
    for (Node node : graph.nodes()) {
      out.bytes(OfGraph.NODE, node(node, placement));
    }
    for (Value value : graph.valueInfo()) {
      out.bytes(OfGraph.VALUE_INFO, ValueMessage.of(value));
    }
    for (SparseTensor sparse : graph.sparseInitializers()) {
      out.bytes(OfGraph.SPARSE_INITIALIZER, sparse.message());
    }
    for (Tensor tensor : graph.initializers().values()) {
      out.bytes(
          OfGraph.INITIALIZER,
          placement
              .of(tensor)
              .map(reference -> TensorMessage.external(tensor, reference))
              .orElseGet(() -> TensorMessage.inline(tensor)));
    }
    return out.build();
  }

  static Bytes node(Node node, Placement placement) {
    WireWriter out =
        new WireWriter()
            .raw(node.extra())
            .texts(OfNode.INPUT, node.inputs())
            .texts(OfNode.OUTPUT, node.outputs())
            .present(OfNode.NAME, node.name())
            .text(OfNode.OP_TYPE, node.opType())
            .present(OfNode.DOMAIN, node.domain());
    for (Attribute attribute : node.attributes().values()) {
      out.bytes(OfNode.ATTRIBUTE, attribute(attribute, placement));
    }
    return out.build();
  }

  private static Bytes attribute(Attribute attribute, Placement placement) {
    WireWriter out =
        new WireWriter().raw(attribute.extra()).text(OfAttribute.NAME, attribute.name());
    AttributeValue value = attribute.value();
    if (value instanceof AttributeValue.Raw raw) {
      return out.raw(raw.fields()).build();
    }
    AttributeKind kind = payload(value, placement, out);
    return out.varint(OfAttribute.TYPE, kind.type()).build();
  }

  /** Writes the value and says what kind it is. */
  private static AttributeKind payload(AttributeValue value, Placement placement, WireWriter out) {
    if (value instanceof AttributeValue.OfFloat v) {
      out.float32(OfAttribute.F, v.value());
      return AttributeKind.FLOAT;
    } else if (value instanceof AttributeValue.OfInt v) {
      out.varint(OfAttribute.I, v.value());
      return AttributeKind.INT;
    } else if (value instanceof AttributeValue.OfString v) {
      out.bytes(OfAttribute.S, v.value());
      return AttributeKind.STRING;
    } else if (value instanceof AttributeValue.OfTensor v) {
      out.bytes(OfAttribute.T, TensorMessage.inline(v.value()));
      return AttributeKind.TENSOR;
    } else if (value instanceof AttributeValue.OfGraph v) {
      out.bytes(OfAttribute.G, of(v.value(), placement));
      return AttributeKind.GRAPH;
    }
    return list(value, placement, out);
  }

  private static AttributeKind list(AttributeValue value, Placement placement, WireWriter out) {
    if (value instanceof AttributeValue.OfFloats v) {
      for (float f : v.values()) {
        out.float32(OfAttribute.FLOATS, f);
      }
      return AttributeKind.FLOATS;
    } else if (value instanceof AttributeValue.OfInts v) {
      for (long i : v.values()) {
        out.varint(OfAttribute.INTS, i);
      }
      return AttributeKind.INTS;
    } else if (value instanceof AttributeValue.OfStrings v) {
      v.values().forEach(s -> out.bytes(OfAttribute.STRINGS, s));
      return AttributeKind.STRINGS;
    } else if (value instanceof AttributeValue.OfTensors v) {
      v.values().forEach(t -> out.bytes(OfAttribute.TENSORS, TensorMessage.inline(t)));
      return AttributeKind.TENSORS;
    } else if (value instanceof AttributeValue.OfGraphs v) {
      v.values().forEach(g -> out.bytes(OfAttribute.GRAPHS, of(g, placement)));
      return AttributeKind.GRAPHS;
    }
    throw new AssertionError(value);
  }
}
