package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfTensor;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** Reads one TensorProto; the bytes of its data stay where they are. */
final class TensorReader {
  private final ReadScope scope;
  private final Place place;
  private final Bytes message;
  private final LongStream.Builder shape = LongStream.builder();
  private long[] dims = {};
  private final Map<Integer, Long> typedValues = new TreeMap<>();
  private final Extras strings = new Extras();
  private final Map<String, String> external = new TreeMap<>();
  private final Extras extras = new Extras();
  private String name = "";
  private int typeId;
  private Bytes raw = Bytes.empty();
  private long location;

  private TensorReader(Bytes message, ReadScope scope) {
    this.message = message;
    this.scope = scope;
    this.place = scope.place();
  }

  static Tensor read(Bytes message, ReadScope scope) {
    TensorReader reader = new TensorReader(message, scope);
    WireReader in = new WireReader(message, scope.place());
    while (in.next()) {
      reader.field(in);
    }
    return reader.tensor();
  }

  private void field(WireReader in) {
    switch (in.number()) {
      case OfTensor.DIMS -> in.varints(shape::add);
      case OfTensor.DATA_TYPE -> typeId = (int) in.varint();
      case OfTensor.NAME -> {
        name = in.text();
        place.name(name);
        extras.addIfEmpty(name, in);
      }
      case OfTensor.RAW_DATA -> raw = in.payload();
      case OfTensor.FLOAT_DATA,
          OfTensor.INT32_DATA,
          OfTensor.INT64_DATA,
          OfTensor.DOUBLE_DATA,
          OfTensor.UINT64_DATA ->
          typedValues.merge(in.number(), TypedData.count(in), Long::sum);
      case OfTensor.STRING_DATA -> {
        in.payload();
        typedValues.merge(in.number(), 1L, Long::sum);
        strings.add(in.field());
      }
      case OfTensor.EXTERNAL_DATA -> {
        Entry entry = Entry.ofTexts(in.payload(), place);
        external.put(entry.key(), entry.text());
      }
      case OfTensor.DATA_LOCATION -> location = in.varint();
      default -> extras.add(in.field());
    }
  }

  private Tensor tensor() {
    ElementType type =
        ElementType.of(typeId)
            .orElseThrow(
                () ->
                    place.fault(
                        "tensor has element type "
                            + typeId
                            + ", known are 1 to "
                            + ElementType.values().length,
                        "export the model with a released ONNX version"));
    dims = shape.build().toArray();
    long elements = elements(type);
    typedValues.values().removeIf(n -> n == 0);
    if (location == OfTensor.EXTERNAL) {
      return new Tensor(name, type, dims, external(type, elements), extras.build(), Bytes.empty());
    }
    return new Tensor(name, type, dims, inline(type, elements), extras.build(), message);
  }

  private long elements(ElementType type) {
    long n = 1;
    try {
      for (long dim : dims) {
        if (dim < 0) {
          throw place.fault(
              "shape " + Arrays.toString(dims) + " has a negative dimension",
              "constants need a fixed shape: export the model once more");
        }
        n = Math.multiplyExact(n, dim);
      }
      long unused = type.byteCount(n);
      return n;
    } catch (ArithmeticException e) {
      throw place.fault(
          "shape " + Arrays.toString(dims) + " overflows 64 bits", "the file is damaged");
    }
  }

  private Bytes external(ElementType type, long elements) {
    if (type == ElementType.STRING || raw.size() > 0 || !typedValues.isEmpty()) {
      throw place.fault(
          type == ElementType.STRING
              ? "strings cannot be stored as external data"
              : "tensor has both external and inline data",
          "export the model once more");
    }
    long size = type.byteCount(elements);
    long offset = number("offset", 0);
    long length = number("length", size);
    if (length != size) {
      throw wrongSize("external data", length, type, size);
    }
    return scope
        .externalFiles()
        .region(external.getOrDefault("location", ""), offset, length, place);
  }

  private long number(String key, long fallback) {
    String text = external.get(key);
    if (text == null) {
      return fallback;
    }
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw place.fault(
          "external data " + key + " is '" + text + "', expected a whole number",
          "export the model once more");
    }
  }

  private Bytes inline(ElementType type, long elements) {
    int field = TypedData.fieldOf(type);
    long found = typedValues.getOrDefault(field, 0L);
    if (typedValues.size() > (found > 0 ? 1 : 0) || (raw.size() > 0 && found > 0)) {
      throw place.fault(
          "data in "
              + typedValues.keySet().stream().map(TypedData::nameOf).toList()
              + (raw.size() > 0 ? " and raw_data" : "")
              + ", expected raw_data or "
              + TypedData.nameOf(field)
              + " for "
              + type,
          "export the model once more");
    }
    if (raw.size() > 0 || (found == 0 && type != ElementType.STRING)) {
      long size = type.byteCount(elements);
      if (raw.size() != size || type == ElementType.STRING) {
        throw wrongSize("raw_data", raw.size(), type, size);
      }
      return raw;
    }
    long needed = TypedData.valuesFor(type, elements);
    if (found != needed || type.byteCount(elements) > Integer.MAX_VALUE) {
      throw place.fault(
          TypedData.nameOf(field)
              + " has "
              + found
              + " values, expected "
              + needed
              + " for "
              + type
              + Arrays.toString(dims),
          "the file is damaged: export the model once more");
    }
    return type == ElementType.STRING
        ? strings.build()
        : TypedData.decoded(message, type, elements);
  }

  private RuntimeException wrongSize(String what, long found, ElementType type, long expected) {
    return place.fault(
        what
            + " has "
            + found
            + " bytes, expected "
            + expected
            + " for "
            + type
            + Arrays.toString(dims),
        found == 0
            ? "the weights were stripped from this file: export the model once more"
            : "the file is damaged: export the model once more");
  }
}
