package io.compressor.formats.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.compressor.ir.ElementType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Random models that use every field of the schema: valid as messages, meaningless as programs.
 * Driven by the schema itself, so that a field nobody thought of is there too.
 */
final class RandomModels {
  private static final Set<String> TENSOR_CORE =
      Set.of("dims", "data_type", "raw_data", "external_data", "data_location");
  private static final List<String> TYPED =
      List.of(
          "float_data", "int32_data", "string_data", "int64_data", "double_data", "uint64_data");

  private final SplittableRandom random;
  private int serial;

  RandomModels(long seed) {
    this.random = new SplittableRandom(seed);
  }

  DynamicMessage model() {
    return (DynamicMessage) message(Oracle.type("ModelProto"), 0);
  }

  private Message message(Descriptor type, int depth) {
    DynamicMessage.Builder out = DynamicMessage.newBuilder(type);
    switch (type.getName()) {
      case "TensorProto" -> tensor(out);
      case "AttributeProto" -> attribute(out, depth);
      default -> type.getFields().forEach(f -> maybe(out, f, depth));
    }
    require(out, depth);
    if (random.nextInt(8) == 0) {
      out.setUnknownFields(unknown());
    }
    return out.build();
  }

  /** What the reader insists on. */
  private void require(DynamicMessage.Builder out, int depth) {
    switch (out.getDescriptorForType().getName()) {
      case "ModelProto" -> {
        Oracle.put(out, "ir_version", 1L + random.nextInt(14));
        Oracle.put(out, "graph", message(Oracle.type("GraphProto"), depth + 1));
      }
      case "NodeProto" -> Oracle.put(out, "op_type", "Op" + random.nextInt(9));
      case "OperatorSetIdProto" -> Oracle.put(out, "version", 21L);
      case "AttributeProto" -> Oracle.put(out, "name", "a" + serial++);
      default -> {}
    }
  }

  private void maybe(DynamicMessage.Builder out, FieldDescriptor field, int depth) {
    boolean message = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    int times = field.isRepeated() ? random.nextInt(message && depth > 4 ? 2 : 4) : 1;
    if (random.nextInt(4) == 0 || (message && random.nextInt(7) < depth)) {
      return;
    }
    for (int i = 0; i < times; i++) {
      Object value = value(field, depth);
      if (field.isRepeated()) {
        out.addRepeatedField(field, value);
      } else if (field.getRealContainingOneof() == null || random.nextBoolean()) {
        out.setField(field, value);
      }
    }
  }

  private Object value(FieldDescriptor field, int depth) {
    boolean initializer = field.getName().equals("initializer");
    return switch (field.getJavaType()) {
      case MESSAGE -> {
        Message made = message(field.getMessageType(), depth + 1);
        yield initializer ? Oracle.put(made.toBuilder(), "name", "w" + serial++).build() : made;
      }
      case STRING -> random.nextInt(5) == 0 ? "" : "näme" + random.nextInt(50);
      case BYTE_STRING -> ByteString.copyFrom(bytes(random.nextInt(20)));
      case INT -> random.nextInt();
      case LONG -> random.nextLong();
      case FLOAT -> (float) random.nextDouble();
      case DOUBLE -> random.nextDouble();
      case BOOLEAN -> random.nextBoolean();
      case ENUM ->
          field
              .getEnumType()
              .getValues()
              .get(random.nextInt(field.getEnumType().getValues().size()));
    };
  }

  private void tensor(DynamicMessage.Builder out) {
    out.getDescriptorForType().getFields().stream()
        .filter(f -> !TENSOR_CORE.contains(f.getName()) && !TYPED.contains(f.getName()))
        .forEach(f -> maybe(out, f, 5));
    ElementType type = ElementType.values()[random.nextInt(ElementType.values().length)];
    long elements = 1;
    for (int i = random.nextInt(4); i > 0; i--) {
      long dim = random.nextInt(6);
      elements *= dim;
      Oracle.put(out, "dims", dim);
    }
    Oracle.put(out, "data_type", type.onnxId());
    if (random.nextInt(3) == 0) {
      Oracle.put(out, "data_location", 0);
    }
    if (type != ElementType.STRING && random.nextBoolean()) {
      Oracle.put(
          out, "raw_data", ByteString.copyFrom(bytes(Math.toIntExact(type.byteCount(elements)))));
    } else {
      typed(out, type, elements);
    }
  }

  private void typed(DynamicMessage.Builder out, ElementType type, long elements) {
    String field = TypedData.nameOf(TypedData.fieldOf(type));
    for (long i = 0; i < TypedData.valuesFor(type, elements); i++) {
      Object value =
          switch (field) {
            case "float_data" -> (float) random.nextDouble();
            case "double_data" -> random.nextDouble();
            case "string_data" -> ByteString.copyFrom(bytes(random.nextInt(9)));
            case "int32_data" -> random.nextInt() >> random.nextInt(32);
            default -> random.nextLong() >> random.nextInt(64);
          };
      Oracle.put(out, field, value);
    }
  }

  private void attribute(DynamicMessage.Builder out, int depth) {
    Descriptor type = out.getDescriptorForType();
    AttributeKind[] kinds = AttributeKind.values();
    AttributeKind kind = kinds[random.nextInt(kinds.length)];
    if (random.nextInt(4) == 0) {
      Oracle.put(out, "doc_string", "doc");
    }
    if (kind == AttributeKind.RAW) {
      type.getFields().stream().filter(f -> f.getNumber() != 6).forEach(f -> maybe(out, f, 5));
      Oracle.put(out, "type", new int[] {0, 11, 12, 13, 14}[random.nextInt(5)]);
      return;
    }
    Oracle.put(out, "type", kind.type());
    FieldDescriptor field = type.findFieldByNumber(kind.field());
    for (int i = field.isRepeated() ? random.nextInt(3) : 1; i > 0; i--) {
      boolean deep = kind == AttributeKind.GRAPH || kind == AttributeKind.GRAPHS;
      Object value = value(field, deep ? Math.max(depth, 4) : depth);
      if (field.isRepeated()) {
        out.addRepeatedField(field, value);
      } else {
        out.setField(field, value);
      }
    }
  }

  private UnknownFieldSet unknown() {
    return UnknownFieldSet.newBuilder()
        .addField(
            1000 + random.nextInt(9),
            UnknownFieldSet.Field.newBuilder()
                .addVarint(random.nextLong())
                .addFixed32(random.nextInt())
                .addFixed64(random.nextLong())
                .addLengthDelimited(ByteString.copyFrom("later", StandardCharsets.UTF_8))
                .build())
        .build();
  }

  private byte[] bytes(int length) {
    byte[] out = new byte[length];
    for (int i = 0; i < length; i++) {
      out[i] = (byte) random.nextInt();
    }
    return out;
  }
}
