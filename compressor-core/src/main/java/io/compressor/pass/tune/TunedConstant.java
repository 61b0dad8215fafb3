package io.compressor.pass.tune;

import io.compressor.ir.ElementType;
import io.compressor.ir.Float16;
import io.compressor.ir.Tensor;
import io.compressor.recipe.TuneOptions.What;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A constant that is tuned.
 *
 * @param what it is to the model
 * @param stored as the file holds it: FLOAT, or FLOAT16 behind a Cast
 * @param value the FLOAT value that nodes read: the constant itself, or what the Cast makes
 */
record TunedConstant(What what, Tensor stored, String value) {
  private static final float LARGEST_HALF = 65504;

  boolean isHalf() {
    return stored.type() == ElementType.FLOAT16;
  }

  /** As float32 under the name that nodes read. */
  Tensor master() {
    return Tensor.ofFloats(value, stored.dims(), stored.toFloats());
  }

  /** Tuned values in the form and under the name of the file's constant. */
  Tensor written(float[] values) {
    if (!isHalf()) {
      return Tensor.ofFloats(stored.name(), stored.dims(), values);
    }
    ByteBuffer raw = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float v : values) {
      raw.putShort(Float16.fromFloat(Math.max(-LARGEST_HALF, Math.min(LARGEST_HALF, v))));
    }
    return Tensor.ofBytes(stored.name(), ElementType.FLOAT16, stored.dims(), raw.array());
  }
}
