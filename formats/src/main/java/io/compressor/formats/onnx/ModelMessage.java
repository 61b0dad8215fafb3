package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfFunction;
import io.compressor.formats.onnx.Fields.OfModel;
import io.compressor.ir.Bytes;
import io.compressor.ir.Function;
import io.compressor.ir.Model;

/** A model as a ModelProto; only its structure is built, tensors are referred to. */
final class ModelMessage {
  private ModelMessage() {}

  static Bytes of(Model model, Placement placement) {
    WireWriter out = new WireWriter();
    WireWriter maps = new WireWriter();
    Bytes extra = ModelReader.OPSETS.write(model.opsets(), model.extra(), maps);
    extra = ModelReader.METADATA.write(model.metadata(), extra, maps);
    out.varint(OfModel.IR_VERSION, model.irVersion()).raw(extra).raw(maps.build());
    out.bytes(OfModel.GRAPH, GraphMessage.of(model.graph(), placement));
    model.functions().forEach(f -> out.bytes(OfModel.FUNCTIONS, function(f, placement)));
    return out.build();
  }

  private static Bytes function(Function function, Placement placement) {
    WireWriter out = new WireWriter();
    WireWriter opsets = new WireWriter();
    out.raw(FunctionReader.OPSETS.write(function.opsets(), function.extra(), opsets));
    out.present(OfFunction.NAME, function.name())
        .present(OfFunction.DOMAIN, function.domain())
        .texts(OfFunction.INPUT, function.inputs())
        .texts(OfFunction.OUTPUT, function.outputs())
        .raw(opsets.build());
    function.nodes().forEach(n -> out.bytes(OfFunction.NODE, GraphMessage.node(n, placement)));
    return out.build();
  }
}
