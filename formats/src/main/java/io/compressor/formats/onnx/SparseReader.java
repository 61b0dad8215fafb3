package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfSparse;
import io.compressor.ir.Bytes;
import io.compressor.ir.SparseTensor;
import io.compressor.ir.Tensor;
import java.util.stream.LongStream;

/** Reads a SparseTensorProto: checked, then carried verbatim. */
final class SparseReader {
  private SparseReader() {}

  static SparseTensor read(Bytes message, ReadScope scope) {
    Place place = scope.place();
    LongStream.Builder dims = LongStream.builder();
    String name = "";
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      switch (in.number()) {
        case OfSparse.VALUES -> name = inline(in.payload(), scope).name();
        case OfSparse.INDICES -> inline(in.payload(), scope);
        case OfSparse.DIMS -> in.varints(dims::add);
        default -> in.field();
      }
    }
    return new SparseTensor(name, dims.build().toArray(), message);
  }

  private static Tensor inline(Bytes message, ReadScope scope) {
    Tensor tensor = TensorReader.read(message, scope);
    if (tensor.message().size() == 0 && message.size() > 0) {
      throw scope
          .place()
          .fault(
              "external data inside a sparse tensor is not supported",
              "store the sparse tensor's values inline or make it dense");
    }
    return tensor;
  }
}
