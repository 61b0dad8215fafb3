package io.compressor.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Our tensors as ONNX Runtime's and back. Direct buffers (mapped files included) are lent without a
 * copy, at any alignment; everything else is copied once.
 */
final class TensorBridge {
  private static final String TYPE_PREFIX = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

  private TensorBridge() {}

  /**
   * The Java binding's name of an element type; empty when the binding cannot make such tensors.
   */
  static Optional<OnnxJavaType> javaType(ElementType type) {
    return switch (type) {
      case FLOAT -> Optional.of(OnnxJavaType.FLOAT);
      case DOUBLE -> Optional.of(OnnxJavaType.DOUBLE);
      case FLOAT16 -> Optional.of(OnnxJavaType.FLOAT16);
      case BFLOAT16 -> Optional.of(OnnxJavaType.BFLOAT16);
      case INT8 -> Optional.of(OnnxJavaType.INT8);
      case UINT8 -> Optional.of(OnnxJavaType.UINT8);
      case INT16 -> Optional.of(OnnxJavaType.INT16);
      case INT32 -> Optional.of(OnnxJavaType.INT32);
      case INT64 -> Optional.of(OnnxJavaType.INT64);
      case BOOL -> Optional.of(OnnxJavaType.BOOL);
      case STRING -> Optional.of(OnnxJavaType.STRING);
      default -> Optional.empty();
    };
  }

  /**
   * A native tensor over {@code tensor}'s bytes; the caller closes it. It keeps the buffer it reads
   * from reachable.
   */
  static OnnxTensor lend(OrtEnvironment environment, Tensor tensor) throws OrtException {
    OnnxJavaType type =
        javaType(tensor.type())
            .orElseThrow(
                () ->
                    new CompressorException(
                        ErrorCode.DATA,
                        tensor.name(),
                        tensor.type() + " tensors cannot be passed to ONNX Runtime from Java",
                        "feed a wider type and cast inside the model"));
    if (type == OnnxJavaType.STRING) {
      String[] strings =
          tensor.toStrings().stream()
              .map(s -> new String(s, StandardCharsets.UTF_8))
              .toArray(String[]::new);
      return OnnxTensor.createTensor(environment, strings, tensor.dims());
    }
    return OnnxTensor.createTensor(environment, direct(tensor.data()), tensor.dims(), type);
  }

  /** Copies a native tensor out. */
  static Tensor take(String name, OnnxTensor value) throws OrtException {
    TensorInfo info = value.getInfo();
    ElementType type = elementType(info);
    if (type == ElementType.STRING) {
      List<byte[]> strings = new ArrayList<>();
      flatten(value.getValue(), strings);
      return Tensor.ofStrings(name, info.getShape(), strings);
    }
    ByteBuffer copy = value.getByteBuffer();
    return Tensor.of(name, type, info.getShape(), Bytes.of(copy.order(ByteOrder.LITTLE_ENDIAN)));
  }

  /**
   * Element type and shape as ONNX Runtime reports them. It does not tell a scalar from a tensor of
   * unknown rank; both come back without dimensions.
   */
  static TensorType type(TensorInfo info) {
    long[] shape = info.getShape();
    String[] names = info.getDimensionNames();
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < shape.length; i++) {
      String name = i < names.length ? names[i] : "";
      dims.add(
          shape[i] >= 0
              ? new Dim.Fixed(shape[i])
              : name.isEmpty() ? new Dim.Unknown() : new Dim.Named(name));
    }
    return new TensorType(elementType(info), dims.isEmpty() ? Optional.empty() : Optional.of(dims));
  }

  /** The binding returns nested arrays, or one string for a scalar. */
  private static void flatten(Object nested, List<byte[]> into) {
    if (nested instanceof String text) {
      into.add(text.getBytes(StandardCharsets.UTF_8));
      return;
    }
    for (int i = 0; i < Array.getLength(nested); i++) {
      flatten(Array.get(nested, i), into);
    }
  }

  private static ElementType elementType(TensorInfo info) {
    return ElementType.valueOf(info.onnxType.name().substring(TYPE_PREFIX.length()));
  }

  private static ByteBuffer direct(Bytes bytes) {
    ByteBuffer buffer = bytes.buffer();
    if (buffer.isDirect()) {
      return buffer;
    }
    return ByteBuffer.allocateDirect(buffer.remaining())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(buffer)
        .flip();
  }
}
