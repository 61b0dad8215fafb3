package io.compressor.evaluate;

import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import io.compressor.runtime.RuntimeSession;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Anything that maps a batch to outputs: a session, or a stand-in for one. */
@FunctionalInterface
public interface Predictor {
  /**
   * @param feeds the batch by input name
   * @return outputs by name, in model order; axis 0 is the sample
   */
  Map<String, Tensor> predict(Map<String, Tensor> feeds);

  /** A session that computes the one output that will be looked at: caches cost nothing then. */
  static Predictor of(RuntimeSession session, EvaluationOptions options) {
    Optional<String> wanted =
        options
            .output()
            .or(
                () ->
                    session.outputs().stream()
                        .filter(v -> v.type().isPresent() && v.type().get().elementType().isFloat())
                        .map(Value::name)
                        .findFirst());
    return wanted.isPresent() ? feeds -> session.run(feeds, List.of(wanted.get())) : session::run;
  }
}
