package io.compressor.formats.data;

import io.compressor.ir.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one run of a model is fed.
 *
 * @param inputs a tensor in a direct buffer for every model input, in model order; axis 0 is the
 *     sample unless the input has no sample axis (see {@link Dataset#fixedBatch()})
 * @param size samples in the batch
 */
public record Batch(Map<String, Tensor> inputs, int size) {
  public Batch {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
  }
}
