package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfFunction;
import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Bytes;
import io.compressor.ir.Function;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.List;

/** Reads a FunctionProto. */
final class FunctionReader {
  static final Spelling<Long> OPSETS = Spelling.ofOpsets(OfFunction.OPSET_IMPORT);

  private FunctionReader() {}

  static Function read(Bytes message, ReadScope scope) {
    Place place = scope.place();
    String name = "";
    String domain = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    Spelling<Long>.Collector opsets = OPSETS.collector();
    Extras extras = new Extras();
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      switch (in.number()) {
        case OfFunction.NAME -> {
          name = in.text();
          place.name(name);
          extras.addIfEmpty(name, in);
        }
        case OfFunction.DOMAIN -> {
          domain = in.text();
          extras.addIfEmpty(domain, in);
        }
        case OfFunction.INPUT -> inputs.add(in.text());
        case OfFunction.OUTPUT -> outputs.add(in.text());
        case OfFunction.NODE -> {
          place.enter("node", nodes.size());
          nodes.add(NodeReader.read(in.payload(), scope));
          place.leave();
        }
        case OfFunction.OPSET_IMPORT -> opsets.add(in, place);
        case OfFunction.ATTRIBUTE_PROTO -> {
          verbatimDefault(in.payload(), scope);
          extras.add(in.field());
        }
        default -> extras.add(in.field());
      }
    }
    return new Function(name, domain, inputs, outputs, nodes, opsets.into(extras), extras.build());
  }

  /** A default value is carried verbatim, so it must not point to a file. */
  private static void verbatimDefault(Bytes message, ReadScope scope) {
    scope.place().enter("attribute_proto", 0);
    Attribute attribute = AttributeReader.read(message, scope);
    if (attribute.value() instanceof AttributeValue.OfTensor t && t.value().message().size() == 0) {
      throw scope
          .place()
          .fault(
              "external data in a function's default value is not supported",
              "store the value inline");
    }
    scope.place().leave();
  }
}
