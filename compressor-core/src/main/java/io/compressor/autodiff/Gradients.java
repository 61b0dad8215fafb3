package io.compressor.autodiff;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.FreePrefix;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Skipped;
import io.compressor.graph.opset.OpsetRaiser;
import io.compressor.graph.opset.RaiseResult;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.runtime.Taps;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Differentiates models; the result is a model that plain ONNX Runtime runs. */
public final class Gradients {
  /** Rules are written for this operator set and later ones. */
  private static final long OPSET = 18;

  private Gradients() {}

  /**
   * The model in an operator set that rules are written for.
   *
   * @throws CompressorException MODEL naming a node that has no equivalent in it
   */
  public static Model raised(Model model) {
    if (model.opset() >= OPSET) {
      return model;
    }
    RaiseResult raised = OpsetRaiser.raise(model, OPSET);
    if (!raised.succeeded()) {
      Skipped first = raised.refused().get(0);
      throw new CompressorException(
          ErrorCode.MODEL,
          first.name(),
          "the model cannot be raised from operator set %d to %d, which gradients need: %s"
              .formatted(model.opset(), OPSET, first.reason()),
          "export the model with opset %d or later".formatted(OPSET));
    }
    return raised.model();
  }

  /**
   * Gradients of a scalar of the main graph.
   *
   * @throws CompressorException see {@link #of(Model, GradientRequest)}
   */
  public static GradientModel of(Model model, String loss, Collection<String> parameters) {
    return of(model, GradientRequest.of(loss, parameters));
  }

  /**
   * @throws CompressorException USAGE when the loss is not a scalar or does not depend on a
   *     parameter; MODEL when a node between them has no rule, naming the path
   */
  public static GradientModel of(Model model, GradientRequest request) {
    return of(model, request, false);
  }

  /** As {@link #of(Model, GradientRequest)}, with zeros for parameters without influence. */
  static GradientModel orZeros(Model model, GradientRequest request) {
    return of(model, request, true);
  }

  private static GradientModel of(Model model, GradientRequest request, boolean zeros) {
    Model raised = raised(model);
    InferredTypes types = InferredTypes.of(raised);
    Parameters.check(raised, request, types);
    Model open = Parameters.asInputs(raised, request, types);
    ElementType type =
        request.seeds().keySet().stream()
            .map(s -> types.elementType(s).orElse(ElementType.FLOAT))
            .findFirst()
            .orElse(ElementType.FLOAT);
    Tape tape = new Tape(open, FreePrefix.of(open, "gradient"), type);
    GraphIndex constants = new GraphIndex(raised);
    Reach reach = Reach.of(open.graph(), request, types);
    Adjoints adjoints = new Adjoints(tape, reach.values(), constants::constant);
    seed(request, adjoints, tape);
    new ReverseSweep(open.graph(), request, adjoints, types, tape).run();
    Map<String, String> gradients = new LinkedHashMap<>();
    for (String parameter : request.parameters()) {
      Optional<String> reached = adjoints.of(parameter);
      if (reached.isEmpty() && !zeros) {
        throw Parameters.notReached(request, parameter);
      }
      String gradient = reached.orElseGet(() -> tape.zerosLike(parameter));
      gradients.put(parameter, tape.named(gradient, "d/" + parameter));
    }
    List<String> outputs = new ArrayList<>(request.kept());
    outputs.addAll(gradients.values());
    return new GradientModel(Taps.only(tape.append(outputs), outputs), gradients);
  }

  private static void seed(GradientRequest request, Adjoints adjoints, Tape tape) {
    request
        .seeds()
        .forEach(
            (value, given) ->
                adjoints.add(value, given.isEmpty() ? tape.filled(tape.shape(value), 1) : given));
  }
}
