package io.compressor.pass.maestro;

import io.compressor.autodiff.Gradients;
import io.compressor.graph.GraphEditor;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The model that learns: weights made from what learns in front of the nodes that read them.
 *
 * @param model in an operator set that has gradients; masks are constants of ones
 * @param factors weights that learn as factors
 * @param wholes weights that learn as they are
 */
record FactoredStudent(Model model, List<FactorPart> factors, List<WholePart> wholes) {
  FactoredStudent {
    factors = List.copyOf(factors);
    wholes = List.copyOf(wholes);
  }

  /** All components of every weight, each with a mask over them. */
  static FactoredStudent masked(Model model, List<LowRank> all) {
    GraphEditor editor = new GraphEditor(model);
    List<FactorPart> factors =
        all.stream().map(one -> FactorPart.add(editor, one.site(), one.factors(), true)).toList();
    return new FactoredStudent(Gradients.raised(editor.build()), factors, List.of());
  }

  /** As it will be written. */
  static FactoredStudent cut(Model model, List<LowRank> all, List<Integer> ranks) {
    GraphEditor editor = new GraphEditor(model);
    List<FactorPart> factors = new ArrayList<>();
    List<WholePart> wholes = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      LowRank one = all.get(i);
      if (ranks.get(i) == one.full()) {
        wholes.add(WholePart.add(editor, one.site(), one.factors().product()));
      } else {
        factors.add(FactorPart.add(editor, one.site(), one.factors().head(ranks.get(i)), false));
      }
    }
    return new FactoredStudent(Gradients.raised(editor.build()), factors, wholes);
  }

  /** The model of a student, or of one with a loss behind it, that is fed its masks. */
  Model fedMasks(Model made) {
    Graph graph = made.graph();
    Map<String, Tensor> constants = new LinkedHashMap<>(graph.initializers());
    List<Value> inputs = new ArrayList<>(graph.inputs());
    for (FactorPart part : factors) {
      part.mask()
          .ifPresent(
              name -> {
                Tensor mask = java.util.Objects.requireNonNull(constants.remove(name));
                inputs.add(Value.of(name, TensorType.of(mask.type(), mask.dims())));
              });
    }
    return made.withGraph(graph.withInitializers(constants).withInputs(inputs));
  }
}
