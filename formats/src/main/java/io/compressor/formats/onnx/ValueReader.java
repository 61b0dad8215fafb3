package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfValue;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a ValueInfoProto; types other than tensors stay in its message. The message stays in the
 * file: by its outputs a model remembers the file it came from, even if all weights lie elsewhere.
 */
final class ValueReader {
  private ValueReader() {}

  static Value read(Bytes message, ReadScope scope) {
    Place place = scope.place();
    String name = "";
    Optional<TensorType> type = Optional.empty();
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      if (in.number() == OfValue.NAME) {
        name = in.text();
        place.name(name);
      } else if (in.number() == OfValue.TYPE) {
        type = type(in.payload(), place);
      }
    }
    return new Value(name, type, message);
  }

  private static Optional<TensorType> type(Bytes message, Place place) {
    Optional<TensorType> type = Optional.empty();
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      switch (in.number()) {
        case OfValue.TYPE_TENSOR -> type = tensorType(in.payload(), place);
        case OfValue.TYPE_DENOTATION -> in.payload();
        default -> type = Optional.empty();
      }
    }
    return type;
  }

  private static Optional<TensorType> tensorType(Bytes message, Place place) {
    Optional<ElementType> element = Optional.empty();
    Optional<List<Dim>> dims = Optional.empty();
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      if (in.number() == OfValue.TENSOR_ELEM_TYPE) {
        element = ElementType.of((int) in.varint());
      } else if (in.number() == OfValue.TENSOR_SHAPE) {
        dims = Optional.of(shape(in.payload(), place));
      }
    }
    Optional<List<Dim>> shape = dims;
    return element.map(e -> new TensorType(e, shape));
  }

  private static List<Dim> shape(Bytes message, Place place) {
    List<Dim> dims = new ArrayList<>();
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      if (in.number() == OfValue.SHAPE_DIM) {
        dims.add(dim(in.payload(), place));
      }
    }
    return dims;
  }

  private static Dim dim(Bytes message, Place place) {
    Dim dim = new Dim.Unknown();
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      if (in.number() == OfValue.DIM_VALUE) {
        dim = in.varint() >= 0 ? new Dim.Fixed(in.varint()) : new Dim.Unknown();
      } else if (in.number() == OfValue.DIM_PARAM) {
        String name = in.text();
        dim = name.isEmpty() ? new Dim.Unknown() : new Dim.Named(name);
      }
    }
    return dim;
  }
}
