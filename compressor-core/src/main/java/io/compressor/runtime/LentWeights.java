package io.compressor.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The weights of a model that a session reads in place, from the mapped file. Small tensors stay in
 * the skeleton because shape inference wants to see them (shapes, axes); so do the element types
 * that the Java binding has no name for (2 and 4 bits, unsigned 16 to 64 bits, 8-bit floats).
 */
final class LentWeights implements AutoCloseable {
  private static final long SMALL = 1024;

  private final Map<String, OnnxTensorLike> tensors = new LinkedHashMap<>();

  private LentWeights() {}

  /** Whether an initializer is lent instead of being written into the skeleton. */
  static boolean isLent(Tensor tensor) {
    return tensor.byteCount() >= SMALL
        && tensor.type() != ElementType.STRING
        && TensorBridge.javaType(tensor.type()).isPresent();
  }

  static LentWeights of(Model model, OrtEnvironment environment) throws OrtException {
    LentWeights weights = new LentWeights();
    try {
      for (Tensor tensor : model.graph().initializers().values()) {
        if (isLent(tensor)) {
          weights.tensors.put(tensor.name(), lend(environment, tensor));
        }
      }
      return weights;
    } catch (OrtException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /** By initializer name. */
  Map<String, OnnxTensorLike> tensors() {
    return tensors;
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensorLike::close);
  }

  private static OnnxTensor lend(OrtEnvironment environment, Tensor tensor) throws OrtException {
    if (tensor.byteCount() > Integer.MAX_VALUE - 64) {
      throw new CompressorException(
          ErrorCode.MODEL,
          tensor.name(),
          "a single weight of " + tensor.byteCount() + " bytes exceeds the limit of 2 GiB",
          "split the weight, or store it in a narrower type");
    }
    return TensorBridge.lend(environment, tensor);
  }
}
