package io.compressor.evaluate;

import io.compressor.ir.Tensor;
import java.util.Map;

/** Anything that maps a batch to outputs: a session, or a stand-in for one. */
@FunctionalInterface
public interface Predictor {
  /**
   * @param feeds the batch by input name
   * @return outputs by name, in model order; axis 0 is the sample
   */
  Map<String, Tensor> predict(Map<String, Tensor> feeds);
}
