package io.compressor.autodiff;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The values a model is differentiated by, and those it is differentiated from. */
final class Parameters {
  private Parameters() {}

  static void check(Model model, GradientRequest request, InferredTypes types) {
    Set<String> known = InferredTypes.names(model.graph());
    for (String parameter : request.parameters()) {
      if (!known.contains(parameter)) {
        throw unknown(parameter);
      }
      if (!types.isFloat(parameter)) {
        throw new CompressorException(
            ErrorCode.USAGE,
            parameter,
            "is " + types.elementType(parameter).orElseThrow() + "; only floats have gradients",
            "");
      }
    }
    for (Map.Entry<String, String> seed : request.seeds().entrySet()) {
      if (!known.contains(seed.getKey())) {
        throw unknown(seed.getKey());
      }
      if (seed.getValue().isEmpty()) {
        checkScalar(seed.getKey(), types);
      }
    }
  }

  private static void checkScalar(String loss, InferredTypes types) {
    Optional<List<Dim>> dims = types.dims(loss);
    boolean scalar =
        dims.map(d -> d.stream().allMatch(one -> one.equals(new Dim.Fixed(1)))).orElse(true);
    if (!scalar) {
      throw new CompressorException(
          ErrorCode.USAGE,
          loss,
          "a loss is one number, this has shape " + dims.orElseThrow(),
          "reduce it, for instance by ReduceMean");
    }
  }

  /** Constants that become inputs, and new inputs for the seeds. */
  static Model asInputs(Model model, GradientRequest request, InferredTypes types) {
    Graph graph = model.graph();
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.initializers());
    List<Value> inputs = new ArrayList<>(graph.inputs());
    Set<String> fed = new HashSet<>();
    inputs.forEach(v -> fed.add(v.name()));
    for (String parameter : request.parameters()) {
      Tensor constant = constants.remove(parameter);
      if (constant != null && fed.add(parameter)) {
        inputs.add(Value.of(parameter, TensorType.of(constant.type(), constant.dims())));
      }
    }
    request
        .seeds()
        .forEach(
            (value, input) -> {
              if (!input.isEmpty() && fed.add(input)) {
                ElementType type = types.elementType(value).orElse(ElementType.FLOAT);
                inputs.add(Value.of(input, new TensorType(type, types.dims(value))));
              }
            });
    return model.withGraph(graph.withInitializers(constants).withInputs(inputs));
  }

  static CompressorException notReached(GradientRequest request, String parameter) {
    return new CompressorException(
        ErrorCode.USAGE,
        parameter,
        "does not reach " + String.join(", ", request.seeds().keySet()) + " by any node",
        "leave it out, or declare a surrogate where an integer or a constant cuts the path");
  }

  private static CompressorException unknown(String name) {
    return new CompressorException(
        ErrorCode.USAGE, name, "the model's main graph has no such value", "");
  }
}
