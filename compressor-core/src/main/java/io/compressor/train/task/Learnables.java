package io.compressor.train.task;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.VectorRole;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.train.Optimizer;
import io.compressor.train.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Constants of a model that can learn.
 *
 * @param weights matrices and kernels, which decay
 * @param vectors biases and gains of norms, which do not
 */
public record Learnables(List<Tensor> weights, List<Tensor> vectors) {
  public Learnables {
    weights = List.copyOf(weights);
    vectors = List.copyOf(vectors);
  }

  /** Those that are constants of the main graph as they are, in its order. */
  public static Learnables of(Model model) {
    Map<String, Tensor> constants = model.graph().initializers();
    List<Tensor> weights = new ArrayList<>();
    for (Site site : SiteFinder.scan(model).sites()) {
      Tensor stored = constants.get(site.weight().name());
      if (stored != null && java.util.Arrays.equals(stored.dims(), site.weight().dims())) {
        weights.add(stored);
      }
    }
    GraphIndex index = new GraphIndex(model);
    List<Tensor> vectors = new ArrayList<>();
    constants.forEach(
        (name, tensor) -> {
          if (tensor.type() == ElementType.FLOAT
              && tensor.rank() == 1
              && tensor.elements() > 1
              && VectorRole.of(index, name).isPresent()) {
            vectors.add(tensor);
          }
        });
    return new Learnables(weights, vectors);
  }

  /**
   * All of them as variables.
   *
   * @param decaying moves weights
   * @param plain moves vectors
   * @param rate learning rate of both
   */
  public List<Variable> variables(
      Optimizer.Factory decaying, Optimizer.Factory plain, double rate) {
    List<Variable> all = new ArrayList<>();
    weights.forEach(w -> all.add(new Variable(w, decaying, rate)));
    vectors.forEach(v -> all.add(new Variable(v, plain, rate)));
    return all;
  }
}
