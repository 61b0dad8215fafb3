package io.compressor.pass.tune;

import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.recipe.TuneOptions.What;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A compressed model whose tuned constants are float32 masters, and the way back.
 *
 * @param written the model as it is in the file
 * @param constants what is tuned, without biases that are stored as integers
 * @param biases of static int8 layers; tuned when {@code biasesMove}, else only written anew where
 *     the scale of the weight has moved
 */
record Masters(
    Model written, List<TunedConstant> constants, List<IntegerBias> biases, boolean biasesMove) {
  static Masters of(Model model, Collection<What> what) {
    return new Masters(
        model,
        ConstantFinder.find(model, what),
        IntegerBias.find(model),
        what.contains(What.BIASES));
  }

  /** The same without some. */
  Masters without(Collection<TunedConstant> some) {
    List<TunedConstant> left = new ArrayList<>(constants);
    left.removeAll(some);
    return new Masters(written, left, biases, biasesMove);
  }

  boolean isEmpty() {
    return constants.isEmpty() && !(biasesMove && !biases.isEmpty());
  }

  /** What moves, float32, by the name that nodes of {@link #model} read; scales keep their sign. */
  Map<Tensor, Boolean> moving() {
    Map<Tensor, Boolean> all = new LinkedHashMap<>();
    constants.forEach(c -> all.put(c.master(), c.what() == What.SCALES));
    if (biasesMove) {
      biases.forEach(b -> all.put(b.master(), false));
    }
    return all;
  }

  /** Computes what the file computes, from float32 constants. */
  Model model() {
    Graph graph = written.graph();
    Map<String, Tensor> initializers = new LinkedHashMap<>(graph.initializers());
    Set<String> made = new HashSet<>();
    for (TunedConstant one : constants) {
      initializers.remove(one.stored().name());
      initializers.put(one.value(), one.master());
      made.add(one.value());
    }
    for (IntegerBias one : biases) {
      initializers.remove(one.codes().name());
      initializers.remove(one.scales().name());
      initializers.put(one.value(), one.master());
      made.add(one.value());
    }
    List<Node> nodes =
        graph.nodes().stream().filter(n -> n.outputs().stream().noneMatch(made::contains)).toList();
    return written.withGraph(graph.withNodes(nodes).withInitializers(initializers));
  }

  /**
   * The model of the file with other constants.
   *
   * @param values by name, of all that {@link #moving} gave
   */
  Model written(Map<String, float[]> values) {
    Map<String, Tensor> initializers = new LinkedHashMap<>(written.graph().initializers());
    constants.forEach(
        c ->
            initializers.put(
                c.stored().name(),
                c.written(java.util.Objects.requireNonNull(values.get(c.value())))));
    for (IntegerBias one : biases) {
      float[] scales =
          values.getOrDefault(one.weightScales().name(), one.weightScales().toFloats());
      float[] bias = values.getOrDefault(one.value(), one.master().toFloats());
      one.written(scales, bias).forEach(t -> initializers.put(t.name(), t));
    }
    return written.withGraph(written.graph().withInitializers(initializers));
  }
}
