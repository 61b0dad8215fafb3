package io.compressor.train;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.nio.ByteOrder;
import java.util.Map;

/** The number that a loss is. */
final class LossValue {
  private LossValue() {}

  /**
   * @param loss its name
   * @param outputs of a run that was asked for nothing else
   */
  static double of(String loss, Map<String, Tensor> outputs) {
    Tensor value = outputs.values().iterator().next();
    if (value.elements() != 1) {
      throw new CompressorException(
          ErrorCode.USAGE,
          loss,
          "a loss is one number, this is " + value,
          "reduce it, for instance by ReduceMean");
    }
    return value.type() == ElementType.DOUBLE
        ? value.data().buffer().order(ByteOrder.LITTLE_ENDIAN).getDouble(0)
        : value.toFloats()[0];
  }
}
