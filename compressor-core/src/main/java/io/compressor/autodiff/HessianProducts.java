package io.compressor.autodiff;

import io.compressor.graph.FreePrefix;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Products of a loss's Hessian with vectors, without the Hessian (Pearlmutter 1994): exactly, as
 * the gradient of Σ g·v where g is the gradient, or as the difference of gradients on both sides of
 * the parameters, which needs no second derivatives and half the memory.
 */
public final class HessianProducts {
  private HessianProducts() {}

  /**
   * A model whose outputs are H·v, by differentiating twice. H is taken over all parameters
   * together: one v has a part for each.
   *
   * @throws io.compressor.error.CompressorException as {@link Gradients#of(Model, String,
   *     Collection)}
   */
  public static HessianModel exact(Model model, String loss, Collection<String> parameters) {
    return exact(model, GradientRequest.of(loss, parameters));
  }

  /** As {@link #exact(Model, String, Collection)}, with the surrogates of a request. */
  public static HessianModel exact(Model model, GradientRequest request) {
    GradientModel first = Gradients.of(model, request);
    InferredTypes types = InferredTypes.of(first.model());
    String prefix = FreePrefix.of(first.model(), "along");
    ElementType type = types.elementType(request.parameters().get(0)).orElse(ElementType.FLOAT);
    Tape tape = new Tape(first.model(), prefix, type);
    Map<String, String> vectors = new LinkedHashMap<>();
    List<Value> inputs = new ArrayList<>(first.model().graph().inputs());
    List<String> parts = new ArrayList<>();
    for (String parameter : request.parameters()) {
      String vector = prefix + "v/" + parameter;
      vectors.put(parameter, vector);
      ElementType own = types.elementType(parameter).orElse(type);
      inputs.add(Value.of(vector, new TensorType(own, types.dims(parameter))));
      String sum = tape.sum(tape.mul(first.gradient(parameter), vector));
      parts.add(own == type ? sum : tape.cast(sum, type));
    }
    String along = parts.size() == 1 ? parts.get(0) : tape.node("Sum", parts);
    List<String> kept = request.kept();
    Model whole = tape.append(List.of(along));
    Model open = whole.withGraph(whole.graph().withInputs(inputs));
    GradientRequest again =
        new GradientRequest(Map.of(along, ""), request.parameters(), request.surrogates(), kept);
    GradientModel second = Gradients.orZeros(open, again);
    return new HessianModel(second.model(), vectors, second.gradients());
  }

  /**
   * (g(w + h·v) − g(w − h·v)) / 2h. Its error is of order h² times third derivatives, and rounding
   * of g divided by h: h·|v| near 10⁻² of |w| suits single precision, 10⁻⁵ double.
   *
   * @param at a session of a {@link GradientModel}, and its inputs
   * @param vectors by parameter, in the parameter's type and shape; parameters without one stay
   * @return by parameter of the gradient model
   */
  public static Map<String, Tensor> difference(
      GradientPoint at, Map<String, Tensor> vectors, double h) {
    Map<String, Tensor> above = at.moved(vectors, h);
    Map<String, Tensor> below = at.moved(vectors, -h);
    Map<String, Tensor> products = new LinkedHashMap<>();
    for (String parameter : at.gradients().gradients().keySet()) {
      Tensor up = java.util.Objects.requireNonNull(above.get(parameter));
      Tensor down = java.util.Objects.requireNonNull(below.get(parameter));
      products.put(parameter, Combination.of(0.5 / h, up, -0.5 / h, down));
    }
    return products;
  }
}
