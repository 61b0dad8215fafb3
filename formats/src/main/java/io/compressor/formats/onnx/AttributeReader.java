package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfAttribute;
import io.compressor.ir.Attribute;
import io.compressor.ir.AttributeValue;
import io.compressor.ir.Bytes;
import io.compressor.ir.Graph;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Reads an AttributeProto. Its type says which field holds the value; every other field is carried
 * verbatim, and so is the whole attribute when the type is none of the ten common ones.
 */
final class AttributeReader {
  private final ReadScope scope;
  private final Place place;
  private final Bytes message;

  private AttributeReader(Bytes message, ReadScope scope) {
    this.message = message;
    this.scope = scope;
    this.place = scope.place();
  }

  static Attribute read(Bytes message, ReadScope scope) {
    return new AttributeReader(message, scope).attribute();
  }

  private Attribute attribute() {
    String name = "";
    AttributeKind kind = AttributeKind.RAW;
    boolean reference = false;
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      switch (in.number()) {
        case OfAttribute.NAME -> name = in.text();
        case OfAttribute.TYPE -> kind = AttributeKind.ofType((int) in.varint());
        case OfAttribute.REF_ATTR_NAME -> reference = true;
        default -> {}
      }
    }
    place.name(name);
    if (name.isEmpty()) {
      throw place.fault("attribute without a name", "export the model once more");
    }
    return reference || kind == AttributeKind.RAW ? raw(name) : modelled(name, kind);
  }

  private Attribute raw(String name) {
    Extras fields = new Extras();
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      switch (in.number()) {
        case OfAttribute.NAME -> {}
        case OfAttribute.SPARSE_TENSOR, OfAttribute.SPARSE_TENSORS -> {
          SparseReader.read(in.payload(), scope);
          fields.add(in.field());
        }
        default -> fields.add(in.field());
      }
    }
    return Attribute.of(name, new AttributeValue.Raw(fields.build()));
  }

  private Attribute modelled(String name, AttributeKind kind) {
    Extras extras = new Extras();
    Values values = new Values();
    WireReader in = new WireReader(message, place);
    while (in.next()) {
      if (in.number() == kind.field()) {
        values.add(kind, in);
      } else if (in.number() != OfAttribute.NAME && in.number() != OfAttribute.TYPE) {
        extras.add(in.field());
      }
    }
    return new Attribute(name, values.build(kind), extras.build());
  }

  /** The value fields of one attribute as they come. */
  private final class Values {
    private final IntStream.Builder floats = IntStream.builder();
    private final LongStream.Builder longs = LongStream.builder();
    private final List<byte[]> strings = new ArrayList<>(1);
    private final List<Tensor> tensors = new ArrayList<>(1);
    private final List<Graph> graphs = new ArrayList<>(1);

    void add(AttributeKind kind, WireReader in) {
      switch (kind) {
        case FLOAT -> floats.add(Float.floatToRawIntBits(in.float32()));
        case INT -> longs.add(in.varint());
        case FLOATS -> in.fixed32s(floats::add);
        case INTS -> in.varints(longs::add);
        case STRING, STRINGS -> strings.add(in.array());
        case TENSOR, TENSORS -> tensors.add(tensor(in));
        case GRAPH, GRAPHS -> graphs.add(graph(in));
        case RAW -> throw new AssertionError(kind);
      }
    }

    private Tensor tensor(WireReader in) {
      place.enter("tensor", tensors.size());
      Tensor tensor = TensorReader.read(in.payload(), scope);
      place.leave();
      return tensor;
    }

    private Graph graph(WireReader in) {
      place.enter("graph", graphs.size());
      Graph graph = GraphReader.read(in.payload(), scope);
      place.leave();
      return graph;
    }

    AttributeValue build(AttributeKind kind) {
      return switch (kind) {
        case FLOAT -> new AttributeValue.OfFloat(last(floats()));
        case INT -> new AttributeValue.OfInt(last(longs.build().toArray()));
        case STRING ->
            new AttributeValue.OfString(
                strings.isEmpty() ? new byte[0] : strings.get(strings.size() - 1));
        case TENSOR -> new AttributeValue.OfTensor(only(tensors));
        case GRAPH -> new AttributeValue.OfGraph(only(graphs));
        case FLOATS -> new AttributeValue.OfFloats(floats());
        case INTS -> new AttributeValue.OfInts(longs.build().toArray());
        case STRINGS -> new AttributeValue.OfStrings(List.copyOf(strings));
        case TENSORS -> new AttributeValue.OfTensors(List.copyOf(tensors));
        case GRAPHS -> new AttributeValue.OfGraphs(List.copyOf(graphs));
        case RAW -> throw new AssertionError(kind);
      };
    }

    private float[] floats() {
      int[] bits = floats.build().toArray();
      float[] values = new float[bits.length];
      for (int i = 0; i < bits.length; i++) {
        values[i] = Float.intBitsToFloat(bits[i]);
      }
      return values;
    }

    /** Protobuf: absent is zero, and the last one wins. */
    private static float last(float[] values) {
      return values.length == 0 ? 0 : values[values.length - 1];
    }

    private static long last(long[] values) {
      return values.length == 0 ? 0 : values[values.length - 1];
    }

    private <T> T only(List<T> found) {
      if (found.size() != 1) {
        throw place.fault(
            "attribute has " + found.size() + " values, its type says one",
            "export the model once more");
      }
      return found.get(0);
    }
  }
}
