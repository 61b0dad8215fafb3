package io.compressor.autodiff;

import io.compressor.ir.Model;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model that multiplies a Hessian by a vector.
 *
 * @param model reads the inputs of the original, the parameters that were constants, and vectors
 * @param vectors by parameter, the input that takes the vector's part, in the parameter's shape
 * @param products by parameter, the output that holds the product's part
 */
public record HessianModel(Model model, Map<String, String> vectors, Map<String, String> products) {
  public HessianModel {
    vectors = Collections.unmodifiableMap(new LinkedHashMap<>(vectors));
    products = Collections.unmodifiableMap(new LinkedHashMap<>(products));
  }
}
