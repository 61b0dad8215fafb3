package io.compressor.autodiff;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where gradients are taken: everything that a gradient model reads.
 *
 * @param gradients what the session runs
 * @param session of {@code gradients.model()}; stays open, its owner closes it
 * @param feeds by input, parameters included
 */
public record GradientPoint(
    GradientModel gradients, RuntimeSession session, Map<String, Tensor> feeds) {
  public GradientPoint {
    feeds = Map.copyOf(feeds);
  }

  /** Gradients by parameter. */
  public Map<String, Tensor> here() {
    return moved(Map.of(), 0);
  }

  /** Gradients by parameter once the parameters have gone {@code step} along vectors. */
  public Map<String, Tensor> moved(Map<String, Tensor> vectors, double step) {
    Map<String, Tensor> now = new LinkedHashMap<>(feeds);
    vectors.forEach(
        (name, vector) -> {
          Tensor from = feeds.get(name);
          if (from == null) {
            throw new CompressorException(
                ErrorCode.USAGE, name, "is not fed at this point, so it cannot move", "");
          }
          now.put(name, Combination.of(1, from, step, vector));
        });
    Map<String, Tensor> outputs = session.run(now, gradients.gradients().values());
    Map<String, Tensor> byParameter = new LinkedHashMap<>();
    gradients
        .gradients()
        .forEach(
            (parameter, output) ->
                byParameter.put(parameter, java.util.Objects.requireNonNull(outputs.get(output))));
    return byParameter;
  }
}
