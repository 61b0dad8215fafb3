package io.compressor.formats.onnx;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The official ONNX schema in protobuf-java: what our reader and writer are judged by. */
final class Oracle {
  private static final FileDescriptor FILE = load();

  private Oracle() {}

  static Descriptor type(String name) {
    return Objects.requireNonNull(FILE.findMessageTypeByName(name), name);
  }

  static DynamicMessage.Builder message(String type) {
    return DynamicMessage.newBuilder(type(type));
  }

  static DynamicMessage parseModel(byte[] bytes) {
    try {
      return DynamicMessage.parseFrom(type("ModelProto"), bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sets a field, or adds to a repeated one, by name. Enum values are given by number. */
  static Message.Builder put(Message.Builder builder, String field, Object value) {
    FieldDescriptor f =
        Objects.requireNonNull(builder.getDescriptorForType().findFieldByName(field), field);
    Object converted =
        f.getType() == FieldDescriptor.Type.ENUM
            ? f.getEnumType().findValueByNumber((Integer) value)
            : value;
    return f.isRepeated() ? builder.addRepeatedField(f, converted) : builder.setField(f, converted);
  }

  static Object get(Message message, String field) {
    return message.getField(message.getDescriptorForType().findFieldByName(field));
  }

  private static FileDescriptor load() {
    try (InputStream in = Oracle.class.getResourceAsStream("onnx-ml.desc")) {
      return FileDescriptor.buildFrom(
          FileDescriptorProto.parseFrom(Objects.requireNonNull(in)), new FileDescriptor[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
  }
}
