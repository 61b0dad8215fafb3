package io.compressor.pass.reste;

import io.compressor.autodiff.Surrogate;
import io.compressor.graph.FreePrefix;
import io.compressor.graph.Site;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The model that learns: binary weights made from latent ones by nodes, and signs in front of nodes
 * whose inputs are binary.
 *
 * <pre>
 *   latent ─ sign ─ Mul(mean |latent|) ─ weight        input ─ sign ─ Conv, Gemm, MatMul
 * </pre>
 *
 * <p>sign(0) = +1 here and wherever the model runs; padding stays 0.
 *
 * @param latents by site name, the constant that learns
 */
record BinaryModel(Model model, Map<String, String> latents, Map<String, Surrogate> surrogates) {

  /**
   * @param perChannel a factor for each output instead of one for all
   */
  static BinaryModel of(Model model, BinarySites sites, Estimator estimator, boolean perChannel) {
    return new Builder(model, estimator, perChannel).build(sites);
  }

  private static final class Builder {
    private final Graph graph;
    private final Model model;
    private final Estimator estimator;
    private final boolean perChannel;
    private final String prefix;
    private final Map<String, Tensor> constants;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Surrogate> surrogates = new LinkedHashMap<>();
    private final Map<String, String> signs = new HashMap<>();

    Builder(Model model, Estimator estimator, boolean perChannel) {
      this.model = model;
      this.graph = model.graph();
      this.estimator = estimator;
      this.perChannel = perChannel;
      this.prefix = FreePrefix.of(model, "binary");
      this.constants = new LinkedHashMap<>(graph.initializers());
    }

    BinaryModel build(BinarySites sites) {
      for (String name : List.of("zero", "one", "minus")) {
        float value = name.equals("zero") ? 0 : name.equals("one") ? 1 : -1;
        constants.put(prefix + name, Tensor.scalar(prefix + name, value));
      }
      Map<String, String> latents = new LinkedHashMap<>();
      Map<String, Site> byOutput = new HashMap<>();
      for (Site site : sites.binary()) {
        latents.put(site.name(), weight(site));
        if (sites.signed().contains(site.name())) {
          byOutput.put(site.output(), site);
        }
      }
      for (Node node : graph.nodes()) {
        Site site = node.outputs().isEmpty() ? null : byOutput.get(node.outputs().get(0));
        nodes.add(site == null ? node : withSign(node, site));
      }
      List<Value> inputs = new ArrayList<>(graph.inputs());
      inputs.removeIf(v -> !constants.containsKey(v.name()) && isConstant(v.name()));
      inputs.add(Value.of(Estimator.INVERSE, TensorType.of(ElementType.FLOAT)));
      Graph learning = graph.withNodes(nodes).withInitializers(constants).withInputs(inputs);
      return new BinaryModel(model.withGraph(learning), latents, surrogates);
    }

    private boolean isConstant(String name) {
      return graph.initializers().containsKey(name);
    }

    private String weight(Site site) {
      String w = site.weight().name();
      String base = prefix + w + "/";
      String latent = base + "latent";
      Tensor stored = java.util.Objects.requireNonNull(constants.remove(w));
      constants.put(latent, stored.withName(latent));
      String sign = sign(latent, base);
      nodes.add(Node.of("Abs", List.of(latent), List.of(base + "size")));
      List<String> mean = new ArrayList<>(List.of(base + "size"));
      if (perChannel) {
        int rank = stored.rank();
        int channels = site.layout().transposed() ? rank - 1 : 0;
        long[] others =
            IntStream.range(0, rank).filter(i -> i != channels).asLongStream().toArray();
        constants.put(
            base + "axes", Tensor.ofLongs(base + "axes", new long[] {others.length}, others));
        mean.add(base + "axes");
      }
      nodes.add(Node.of("ReduceMean", mean, List.of(base + "mean")));
      nodes.add(Node.of("Mul", List.of(sign, base + "mean"), List.of(w)));
      return latent;
    }

    private Node withSign(Node node, Site site) {
      String sign =
          signs.computeIfAbsent(site.input(), x -> sign(x, prefix + "input" + signs.size() + "/"));
      List<String> inputs = new ArrayList<>(node.inputs());
      inputs.set(1 - site.weightInput(), sign);
      return node.withInputs(inputs);
    }

    private String sign(String of, String base) {
      nodes.add(
          Node.of("GreaterOrEqual", List.of(of, prefix + "zero"), List.of(base + "positive")));
      nodes.add(
          Node.of(
              "Where",
              List.of(base + "positive", prefix + "one", prefix + "minus"),
              List.of(base + "sign")));
      surrogates.put(base + "sign", estimator.of(of));
      return base + "sign";
    }
  }

  /** The binary weights that latent ones stand for, in stored order. */
  static float[] binary(Site site, float[] latent, boolean perChannel) {
    float[] w = site.layout().toMatrix(latent.clone());
    int rows = perChannel ? site.out() : 1;
    int cols = w.length / rows;
    float[] made = new float[w.length];
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int i = r * cols; i < (r + 1) * cols; i++) {
        sum += Math.abs(w[i]);
      }
      float mean = (float) (sum / cols);
      for (int i = r * cols; i < (r + 1) * cols; i++) {
        made[i] = w[i] >= 0 ? mean : -mean;
      }
    }
    return site.layout().toStored(made);
  }
}
