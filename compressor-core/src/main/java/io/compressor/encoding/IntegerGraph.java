package io.compressor.encoding;

import io.compressor.graph.Gelu;
import io.compressor.graph.GeluFinder;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueTypes;
import io.compressor.graph.channel.Norm;
import io.compressor.graph.channel.NormFinder;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Replaces parts of a transformer by integer arithmetic made of standard operators. What runs
 * between two parts is a float that holds a small integer times a power of two.
 *
 * <p>Source: Dong and Chen, BCT (arXiv 2304.01483); the integer forms are reconstructed.
 */
public final class IntegerGraph {
  /** What can become integer. */
  public enum Part {
    /** Products of two activations; those with weights are {@link Encodings#BLOCK_INTEGER}. */
    MATMUL,
    GELU,
    SOFTMAX,
    LAYERNORM,
    /** Sums of two activations and what norms make, rounded to 8 bits. */
    INTERMEDIATES
  }

  /**
   * @param model the model with the parts replaced
   * @param replaced how many of each part
   */
  public record Result(Model model, Map<Part, Integer> replaced) {}

  private final GraphIndex index;
  private final ValueTypes types;
  private final Emission emission;
  private final int width;
  private final Set<String> dynamic;
  private final List<Norm> norms;
  private final Map<Part, Integer> replaced = new EnumMap<>(Part.class);
  private final Map<String, IntegerProduct.Codes> known = new HashMap<>();

  private IntegerGraph(Model model, int width) {
    this.index = new GraphIndex(model);
    this.types = new ValueTypes(index);
    this.emission = new Emission(model);
    this.width = width;
    this.dynamic = dynamic();
    this.norms = NormFinder.find(index, types);
  }

  /**
   * @param model of opset 11 or later
   * @param width of blocks of activations that share an exponent; 0 = whole rows
   */
  public static Result rewrite(Model model, Set<Part> parts, int width) {
    IntegerGraph graph = new IntegerGraph(model, width);
    parts.forEach(p -> graph.replaced.put(p, 0));
    if (parts.contains(Part.GELU)) {
      graph.gelus();
    }
    if (parts.contains(Part.SOFTMAX)) {
      graph.softmaxes();
    }
    if (parts.contains(Part.LAYERNORM)) {
      graph.norms();
    }
    if (parts.contains(Part.MATMUL)) {
      graph.products();
    }
    if (parts.contains(Part.INTERMEDIATES)) {
      graph.intermediates();
    }
    return new Result(graph.emission.build(), graph.replaced);
  }

  private void gelus() {
    for (Gelu gelu : GeluFinder.find(index)) {
      IntegerGelu.replace(emission, gelu, LastAxis.of(size(gelu.input()), width));
      count(Part.GELU);
    }
  }

  private void softmaxes() {
    for (Node node : index.model().graph().nodes()) {
      if (node.is("Softmax") && isLastAxis(node)) {
        known.put(node.outputs().get(0), IntegerSoftmax.replace(emission, node));
        count(Part.SOFTMAX);
      }
    }
  }

  private boolean isLastAxis(Node softmax) {
    long axis = softmax.intAttribute("axis", index.model().opset() < 13 ? 1 : -1);
    return axis == -1 || types.rank(softmax.inputs().get(0)).filter(r -> r - 1 == axis).isPresent();
  }

  private void norms() {
    for (Norm norm : norms) {
      Optional<Tensor> gain = norm.gain().flatMap(g -> index.constant(g.value()));
      if (IntegerNorm.fits(norm, gain)) {
        IntegerNorm.replace(
            emission,
            norm,
            gain.orElseThrow(),
            norm.shift().flatMap(s -> index.constant(s.value())));
        count(Part.LAYERNORM);
      }
    }
  }

  private void intermediates() {
    Set<String> values = new LinkedHashSet<>();
    for (Node node : index.model().graph().nodes()) {
      if (node.is("Add") && dynamic.containsAll(node.inputs()) && !isMasked(node)) {
        values.add(node.outputs().get(0));
      }
    }
    Map<String, Long> widths = new HashMap<>();
    for (Norm norm : norms) {
      values.add(norm.output());
      long size =
          norm.gain().flatMap(g -> index.constant(g.value())).map(Tensor::elements).orElse(0L);
      norm.inputs().forEach(i -> widths.put(i, size));
      widths.put(norm.output(), size);
    }
    values.removeIf(index::isOutput);
    for (String value : values) {
      round(value, LastAxis.of(widths.getOrDefault(value, 0L), width));
      count(Part.INTERMEDIATES);
    }
  }

  /**
   * Scores with a mask added: one exponent cannot hold both, and Softmax takes them as they are.
   */
  private boolean isMasked(Node sum) {
    return index.consumers(sum.outputs().get(0)).stream().anyMatch(n -> n.is("Softmax"));
  }

  private void round(String value, LastAxis blocks) {
    NodeList nodes = new NodeList(emission);
    String cut = blocks.cut(nodes, value, value);
    PowerOfTwo power = PowerOfTwo.of(nodes, value, cut, -1);
    String rounded = power.rounded(nodes, value, cut);
    String kept = emission.editor().freshName(value + "/kept");
    nodes.add(blocks.join(nodes, value, rounded, value, kept));
    emission.editor().replaceUses(value, kept);
    emission.insertAfter(value, nodes.nodes());
  }

  private void products() {
    for (Node node : index.model().graph().nodes()) {
      if (node.is("MatMul") && dynamic.containsAll(node.inputs()) && areMatrices(node)) {
        IntegerProduct.replace(
            emission, node, Optional.ofNullable(known.get(node.inputs().get(0))));
        count(Part.MATMUL);
      }
    }
  }

  private boolean areMatrices(Node node) {
    return node.inputs().stream().allMatch(i -> types.rank(i).filter(r -> r >= 2).isPresent());
  }

  /** Values that depend on the model's inputs. */
  private Set<String> dynamic() {
    Set<String> dynamic = new HashSet<>();
    index.model().graph().requiredInputs().forEach(v -> dynamic.add(v.name()));
    for (Node node : index.model().graph().nodes()) {
      if (node.inputs().stream().anyMatch(dynamic::contains)) {
        dynamic.addAll(node.outputs());
      }
    }
    return dynamic;
  }

  /** Size of the last axis where a bias tells it; 0 where not. */
  private long size(String value) {
    return index
        .producer(value)
        .filter(n -> n.is("Add"))
        .flatMap(
            n ->
                n.inputs().stream()
                    .map(index::constant)
                    .flatMap(Optional::stream)
                    .filter(t -> t.rank() == 1)
                    .map(Tensor::elements)
                    .findFirst())
        .orElse(0L);
  }

  private void count(Part part) {
    replaced.merge(part, 1, Integer::sum);
  }
}
