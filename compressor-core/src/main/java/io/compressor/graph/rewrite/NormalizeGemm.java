package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.TensorViews;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes a Gemm with alpha, beta, transA or an unusual C as plain x · B + C, so that its constant B
 * becomes a site.
 *
 * <pre>
 *   before:  Gemm(x, B, C, alpha, beta, transA, transB)
 *   after:   Add(MatMul(Transpose(x), alpha·B), beta·C)        each part only where needed
 * </pre>
 *
 * <p>Declines when B or C is not constant where it has to be scaled, or when a scaled B has other
 * readers.
 */
public record NormalizeGemm() implements Rewrite {
  @Override
  public String id() {
    return "clean.gemm";
  }

  @Override
  public RewriteResult apply(Model model) {
    RewriteLog log = new RewriteLog();
    Model now = model;
    for (Node original : model.graph().nodes()) {
      if (original.is("Gemm")) {
        GraphIndex index = new GraphIndex(now);
        Optional<Node> node = index.counterpart(original).filter(n -> n.input(0).isPresent());
        now = node.isPresent() ? normalize(node.get(), index, log) : now;
      }
    }
    return log.result(now);
  }

  private static Model normalize(Node node, GraphIndex index, RewriteLog log) {
    Optional<Tensor> b =
        node.input(1)
            .flatMap(index::constant)
            .filter(t -> t.type() == ElementType.FLOAT && t.rank() == 2);
    if (b.isEmpty() || isPlain(node, b.get(), index)) {
      return index.model();
    }
    float alpha = node.floatAttribute("alpha", 1);
    float beta = node.floatAttribute("beta", 1);
    Optional<Tensor> c = node.input(2).flatMap(index::constant);
    boolean ownB = index.soleConsumer(node.inputs().get(1)).isPresent();
    if (alpha != 1 && !ownB) {
      log.skipped(node, "its scaled weight has other readers");
      return index.model();
    }
    if (beta != 1 && node.input(2).isPresent() && c.isEmpty()) {
      log.skipped(node, "it scales a C that is not constant");
      return index.model();
    }
    GraphEditor editor = new GraphEditor(index.model());
    boolean turned = node.intAttribute("transB", 0) != 0;
    String weight =
        turned || alpha != 1
            ? editor.addInitializer(scaled(turned ? transposed(b.get()) : b.get(), alpha))
            : node.inputs().get(1);
    String bias =
        beta != 1 && c.isPresent()
            ? editor.addInitializer(scaled(c.get(), beta))
            : node.input(2).orElse("");
    editor.replace(node.outputs().get(0), parts(node, weight, bias, editor));
    log.applied(node, "written as MatMul and Add");
    return editor.build();
  }

  private static List<Node> parts(Node node, String weight, String bias, GraphEditor editor) {
    String y = node.outputs().get(0);
    String x = node.inputs().get(0);
    List<Node> parts = new ArrayList<>();
    if (node.intAttribute("transA", 0) != 0) {
      String turned = editor.freshName(x + "_transposed");
      parts.add(Node.of("Transpose", List.of(x), List.of(turned)));
      x = turned;
    }
    String product = bias.isEmpty() ? y : editor.freshName(y + "_product");
    parts.add(Node.of("MatMul", List.of(x, weight), List.of(product)).withName(node.name()));
    if (!bias.isEmpty()) {
      parts.add(Node.of("Add", List.of(product, bias), List.of(y)));
    }
    return parts;
  }

  /** Whether the site finder reads this Gemm as it is. */
  private static boolean isPlain(Node node, Tensor b, GraphIndex index) {
    long out = b.dims()[node.intAttribute("transB", 0) != 0 ? 0 : 1];
    boolean bias =
        node.input(2).isEmpty()
            || index
                .constant(node.inputs().get(2))
                .filter(c -> c.elements() == 1 || (c.elements() == out && lastAxis(c) == out))
                .isPresent();
    boolean beta = node.input(2).isEmpty() || node.floatAttribute("beta", 1) == 1;
    return bias
        && beta
        && node.floatAttribute("alpha", 1) == 1
        && node.intAttribute("transA", 0) == 0;
  }

  private static long lastAxis(Tensor t) {
    return t.rank() == 0 ? 1 : t.dims()[t.rank() - 1];
  }

  private static Tensor transposed(Tensor t) {
    return TensorViews.transpose(t, new int[] {1, 0}).orElseThrow();
  }

  private static Tensor scaled(Tensor t, float factor) {
    if (factor == 1) {
      return t;
    }
    float[] values = t.toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return Tensor.ofFloats(t.name(), t.dims(), values);
  }
}
