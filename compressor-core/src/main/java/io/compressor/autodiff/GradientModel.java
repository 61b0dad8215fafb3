package io.compressor.autodiff;

import io.compressor.ir.Model;
import java.util.Map;

/**
 * A model that computes gradients beside what was to be kept.
 *
 * @param model reads the inputs of the original, the parameters that were constants, and the seeds
 * @param gradients by parameter, the output that holds its gradient, in the parameter's shape
 */
public record GradientModel(Model model, Map<String, String> gradients) {
  public GradientModel {
    gradients = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(gradients));
  }

  public String gradient(String parameter) {
    String output = gradients.get(parameter);
    if (output == null) {
      throw new IllegalArgumentException("not differentiated by '" + parameter + "'");
    }
    return output;
  }
}
