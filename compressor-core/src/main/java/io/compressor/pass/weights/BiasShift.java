package io.compressor.pass.weights;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Adds corrections to biases where a site already has one that nothing else reads: the constant
 * keeps its name and shape and changes its content, so that no node has to be touched.
 */
public final class BiasShift {
  private BiasShift() {}

  /** The corrected bias [out] of a site, when it can be corrected in place. */
  public static Optional<Tensor> shifted(GraphIndex index, Site site, double[] delta) {
    return name(index, site)
        .map(n -> index.model().graph().initializers().get(n))
        .filter(t -> t.type() == ElementType.FLOAT && t.elements() == delta.length)
        .map(
            t -> {
              float[] b = t.toFloats();
              for (int o = 0; o < b.length; o++) {
                b[o] += (float) delta[o];
              }
              return Tensor.ofFloats(t.name(), t.dims(), b);
            });
  }

  /** The constant that a correction would change. */
  public static Optional<Tensor> constant(GraphIndex index, Site site) {
    return shifted(index, site, new double[site.out()]);
  }

  public static Model apply(Model model, Map<String, Tensor> biases) {
    Map<String, Tensor> all = new LinkedHashMap<>(model.graph().initializers());
    all.putAll(biases);
    return model.withGraph(model.graph().withInitializers(all));
  }

  private static Optional<String> name(GraphIndex index, Site site) {
    if (site.isShared() || site.bias().isEmpty()) {
      return Optional.empty();
    }
    Node holder = site.biasNode().orElse(site.node());
    return holder.inputs().stream()
        .filter(i -> !i.equals(site.output()) && !i.equals(site.input()))
        .filter(i -> !site.biasNode().isEmpty() || holder.inputs().indexOf(i) == 2)
        .filter(index.model().graph().initializers()::containsKey)
        .filter(i -> index.consumers(i).size() == 1 && !index.isOutput(i))
        .findFirst();
  }
}
