package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfValue;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.List;

/** Values as ValueInfoProto messages. */
final class ValueMessage {
  private ValueMessage() {}

  static Bytes of(Value value) {
    if (value.message().size() > 0) {
      return value.message();
    }
    WireWriter out = new WireWriter().present(OfValue.NAME, value.name());
    value.type().ifPresent(t -> out.bytes(OfValue.TYPE, type(t)));
    return out.build();
  }

  private static Bytes type(TensorType type) {
    WireWriter tensor =
        new WireWriter().varint(OfValue.TENSOR_ELEM_TYPE, type.elementType().onnxId());
    type.dims().ifPresent(dims -> tensor.bytes(OfValue.TENSOR_SHAPE, shape(dims)));
    return new WireWriter().bytes(OfValue.TYPE_TENSOR, tensor.build()).build();
  }

  private static Bytes shape(List<Dim> dims) {
    WireWriter out = new WireWriter();
    for (Dim dim : dims) {
      WireWriter one = new WireWriter();
      if (dim instanceof Dim.Fixed fixed) {
        one.varint(OfValue.DIM_VALUE, fixed.size());
      } else if (dim instanceof Dim.Named named) {
        one.text(OfValue.DIM_PARAM, named.name());
      }
      out.bytes(OfValue.SHAPE_DIM, one.build());
    }
    return out.build();
  }
}
