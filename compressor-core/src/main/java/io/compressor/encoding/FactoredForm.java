package io.compressor.encoding;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.WeightLayout;
import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.solver.lowrank.Factors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A weight as the product of two smaller ones, each read by a node of its own.
 *
 * <pre>
 *   x ─ MatMul(W) ─ y       becomes   x ─ MatMul(Vᵀ) ─ h ─ MatMul(Uᵀ) ─ y
 *   x ─ Conv(W, k×k, b) ─ y becomes   x ─ Conv(V, k×k) ─ h ─ Conv(U, 1×1, b) ─ y
 * </pre>
 *
 * <p>Both are ordinary weights: a later step finds them as two sites, {@code name.v} and {@code
 * name.u}. A convolution's padding, strides and dilations stay with its first half.
 */
public final class FactoredForm {
  /** How the report calls it. */
  public static final String ID = "factored";

  /** Oldest ONNX Runtime: the operators are as old as the model's own. */
  public static final String MIN_ORT = "1.9";

  private FactoredForm() {}

  /** Why the site cannot be written so; empty when it can. */
  public static Optional<String> refuse(Site site) {
    if (site.kind() == SiteKind.GATHER) {
      return Optional.of("rows of a table are looked up, not multiplied");
    }
    if (site.isShared()) {
      return Optional.of(
          "%d nodes share this weight; factors of shared weights are not written"
              .formatted(site.uses().size()));
    }
    long group = site.kind() == SiteKind.CONV ? site.node().intAttribute("group", 1) : 1;
    if (group != 1) {
      return Optional.of("the convolution has %d groups; factors need one".formatted(group));
    }
    return Factors.largestUseful(site.out(), site.in()) == 0
        ? Optional.of("a %d x %d weight has no smaller factors".formatted(site.out(), site.in()))
        : Optional.empty();
  }

  /** The operator that runs. */
  public static String kernel(Site site) {
    return site.kind() == SiteKind.CONV ? "Conv" : "MatMul";
  }

  /** Bytes of the factors. */
  public static long bytes(Factors factors) {
    return 4 * Factors.parameters(factors.out(), factors.in(), factors.rank());
  }

  /** Lets two nodes stand where the site's node stood. */
  public static void write(GraphEditor editor, Site site, Factors factors) {
    Node node = editor.producer(site.output());
    String hidden = editor.freshName(site.output() + "/rank");
    List<Node> pair = pair(editor, site, node, factors, hidden);
    String label = node.label();
    editor.replace(
        site.output(), List.of(pair.get(0).withName(label + "/v"), pair.get(1).withName(label)));
  }

  /**
   * Adds the first half beside the site, which stays what it is.
   *
   * @return the value that would be handed to the second half
   */
  public static String beside(GraphEditor editor, Site site, Factors factors) {
    Node node = editor.producer(site.output());
    String hidden = editor.freshName(site.output() + "/rank");
    List<Node> pair = pair(editor, site, node, factors, hidden);
    editor.insertBefore(site.output(), List.of(pair.get(0).withName(hidden)));
    editor.watch(hidden);
    return hidden;
  }

  private static List<Node> pair(
      GraphEditor editor, Site site, Node node, Factors factors, String hidden) {
    return site.kind() == SiteKind.CONV
        ? convolutions(editor, site, node, factors, hidden)
        : products(editor, site, node, factors, hidden);
  }

  private static List<Node> products(
      GraphEditor editor, Site site, Node node, Factors f, String hidden) {
    String x = site.input();
    if (site.weightInput() == 0) {
      String v = constant(editor, site, ".v", f.v(), f.rank(), f.in());
      String u = constant(editor, site, ".u", f.u(), f.out(), f.rank());
      return List.of(
          Node.of("MatMul", List.of(v, x), List.of(hidden)), node.withInputs(List.of(u, hidden)));
    }
    String v =
        constant(
            editor, site, ".v", WeightLayout.transposed(f.v(), f.rank(), f.in()), f.in(), f.rank());
    String u =
        constant(
            editor,
            site,
            ".u",
            WeightLayout.transposed(f.u(), f.out(), f.rank()),
            f.rank(),
            f.out());
    Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
    attributes.remove("transB");
    List<String> inputs = new java.util.ArrayList<>(List.of(hidden, u));
    node.input(2).ifPresent(inputs::add);
    return List.of(
        Node.of("MatMul", List.of(x, v), List.of(hidden)),
        node.withInputs(inputs).withAttributes(attributes));
  }

  private static List<Node> convolutions(
      GraphEditor editor, Site site, Node node, Factors f, String hidden) {
    long[] dims = site.weight().dims();
    long[] first = dims.clone();
    first[0] = f.rank();
    long[] second = new long[dims.length];
    Arrays.fill(second, 1);
    second[0] = f.out();
    second[1] = f.rank();
    String v = constant(editor, site, ".v", f.v(), first);
    String u = constant(editor, site, ".u", f.u(), second);
    long[] point = new long[dims.length - 2];
    Arrays.fill(point, 1);
    List<String> inputs = new java.util.ArrayList<>(List.of(hidden, u));
    node.input(2).ifPresent(inputs::add);
    return List.of(
        node.withInputs(List.of(site.input(), v)).withOutputs(List.of(hidden)),
        node.withInputs(inputs)
            .withAttributes(Map.of("kernel_shape", Attribute.of("kernel_shape", point))));
  }

  private static String constant(
      GraphEditor editor, Site site, String suffix, float[] values, long... dims) {
    return editor.addInitializer(Tensor.ofFloats(site.name() + suffix, dims, values));
  }
}
