package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfTensor;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;

/** Tensors as TensorProto messages. */
final class TensorMessage {
  private TensorMessage() {}

  /** With its bytes: as it was read, or as raw_data. */
  static Bytes inline(Tensor tensor) {
    if (tensor.message().size() > 0) {
      return tensor.message();
    }
    WireWriter out = header(tensor);
    if (tensor.type() == ElementType.STRING) {
      out.raw(tensor.data());
    } else {
      out.bytes(OfTensor.RAW_DATA, tensor.data());
    }
    return out.build();
  }

  /** With a reference to a file that holds its bytes. */
  static Bytes external(Tensor tensor, Placement.Reference reference) {
    return header(tensor)
        .bytes(OfTensor.EXTERNAL_DATA, entry("location", reference.location()))
        .bytes(OfTensor.EXTERNAL_DATA, entry("offset", Long.toString(reference.offset())))
        .bytes(OfTensor.EXTERNAL_DATA, entry("length", Long.toString(reference.length())))
        .varint(OfTensor.DATA_LOCATION, OfTensor.EXTERNAL)
        .build();
  }

  private static WireWriter header(Tensor tensor) {
    WireWriter out = new WireWriter().raw(tensor.extra());
    for (long dim : tensor.dims()) {
      out.varint(OfTensor.DIMS, dim);
    }
    return out.varint(OfTensor.DATA_TYPE, tensor.type().onnxId())
        .present(OfTensor.NAME, tensor.name());
  }

  private static Bytes entry(String key, String value) {
    return new Entry(key, value, 0).textMessage();
  }
}
