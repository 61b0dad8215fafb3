package io.compressor.autodiff;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What to differentiate by what.
 *
 * @param seeds the values to start from; each with the name of a new input that holds its gradient,
 *     or with an empty name for a gradient of one
 * @param parameters values of the main graph: constants (they become inputs), inputs, or values in
 *     between
 * @param surrogates by the value whose derivative they replace
 * @param kept further outputs of the result
 */
public record GradientRequest(
    Map<String, String> seeds,
    List<String> parameters,
    Map<String, Surrogate> surrogates,
    List<String> kept) {
  public GradientRequest {
    seeds = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(seeds));
    parameters = List.copyOf(parameters);
    surrogates = Map.copyOf(surrogates);
    kept = List.copyOf(kept);
  }

  /** The gradient of a scalar. */
  public static GradientRequest of(String loss, Collection<String> parameters) {
    return new GradientRequest(Map.of(loss, ""), List.copyOf(parameters), Map.of(), List.of(loss));
  }

  /**
   * Vector-Jacobian products: gradients of the sum of the products of values with what is fed for
   * them.
   *
   * @param seeds by value, the name of the new input in the value's type and shape
   */
  public static GradientRequest products(Map<String, String> seeds, Collection<String> parameters) {
    return new GradientRequest(seeds, List.copyOf(parameters), Map.of(), List.of());
  }

  public GradientRequest surrogates(Map<String, Surrogate> now) {
    return new GradientRequest(seeds, parameters, now, kept);
  }

  /** Further outputs, before the gradients. */
  public GradientRequest keep(Collection<String> values) {
    List<String> all = new java.util.ArrayList<>(kept);
    all.addAll(values);
    return new GradientRequest(seeds, parameters, surrogates, all);
  }
}
