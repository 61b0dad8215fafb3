package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Multiplies once where several MatMuls read the same value (query, key, value of attention), so
 * that a dynamic int8 kernel quantizes its input once and works on wider matrices.
 *
 * <pre>
 *   before:  x → MatMul(Wq) → Add(bq) → q;  x → MatMul(Wk) → Add(bk) → k;  …
 *   after:   x → MatMul([Wq Wk …]) → Add([bq bk …]) → Split → q, k, …
 * </pre>
 *
 * <p>Only MatMuls with an unshared right-hand weight, all with a separate constant bias or all
 * without one. The fused weight is a view: nothing is copied until it is written.
 */
public record FuseParallelMatMuls() implements Rewrite {
  private static final String NO_NEGATIVE_AXIS = "Split knows no last axis below opset 11";

  @Override
  public String id() {
    return "fuse.parallel-matmuls";
  }

  @Override
  public RewriteResult apply(Model model) {
    RewriteLog log = new RewriteLog();
    GraphIndex index = new GraphIndex(model);
    Map<String, List<Site>> groups = new LinkedHashMap<>();
    for (Site site : SiteFinder.scan(index).sites()) {
      if (site.kind() == SiteKind.MATMUL && site.weightInput() == 1 && !site.isShared()) {
        String key = site.input() + (site.biasNode().isPresent() ? " with bias" : " alone");
        groups.computeIfAbsent(key, k -> new ArrayList<>()).add(site);
      }
    }
    groups.values().removeIf(g -> g.size() < 2);
    if (groups.isEmpty() || model.opset() < 11) {
      groups.values().forEach(g -> log.skipped(g.get(0).node(), NO_NEGATIVE_AXIS));
      return log.result(model);
    }
    GraphEditor editor = new GraphEditor(model);
    for (List<Site> group : groups.values()) {
      fuse(group, editor, model.opset());
      log.applied(group.get(0).node(), "multiplies for " + group.size() + " nodes at once");
    }
    return log.result(editor.build());
  }

  private static void fuse(List<Site> group, GraphEditor editor, long opset) {
    Site first = group.get(0);
    int in = first.in();
    String weight = editor.addInitializer(concatenated(group, in, first.name() + "_fused"));
    boolean biased = first.biasNode().isPresent();
    String product = editor.freshName(first.output() + "_fused");
    List<Node> nodes = new ArrayList<>();
    nodes.add(Node.of("MatMul", List.of(first.input(), weight), List.of(product)));
    if (biased) {
      String bias = editor.addInitializer(concatenatedBias(group));
      String sum = editor.freshName(first.output() + "_fused_sum");
      nodes.add(Node.of("Add", List.of(product, bias), List.of(sum)));
      product = sum;
    }
    List<String> results =
        group.stream()
            .map(s -> s.biasNode().map(n -> n.outputs().get(0)).orElse(s.output()))
            .toList();
    nodes.add(split(product, results, group, editor, opset));
    for (Site site : group) {
      site.biasNode().ifPresent(n -> editor.remove(n.outputs().get(0)));
      if (!site.output().equals(first.output())) {
        editor.remove(site.output());
      }
    }
    editor.replace(first.output(), nodes);
  }

  private static Node split(
      String from, List<String> to, List<Site> group, GraphEditor editor, long opset) {
    long[] sizes = group.stream().mapToLong(Site::out).toArray();
    if (opset < 13) {
      return Node.of(
          "Split", List.of(from), to, Attribute.of("axis", -1), Attribute.of("split", sizes));
    }
    String parts =
        editor.addInitializer(Tensor.ofLongs(from + "_sizes", new long[] {sizes.length}, sizes));
    return Node.of("Split", List.of(from, parts), to, Attribute.of("axis", -1));
  }

  /** [in, Σ out]: the stored matrices side by side. */
  private static Tensor concatenated(List<Site> group, int in, String name) {
    int width = group.stream().mapToInt(Site::out).sum();
    long bytes = 4L * in * width;
    List<Tensor> parts = group.stream().map(Site::weight).toList();
    return Tensor.of(
        name,
        ElementType.FLOAT,
        new long[] {in, width},
        new Bytes.Derived(bytes, () -> sideBySide(parts, in, width)));
  }

  private static ByteBuffer sideBySide(List<Tensor> parts, int in, int width) {
    ByteBuffer all =
        ByteBuffer.allocateDirect(Math.multiplyExact(4 * in, width)).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    for (Tensor part : parts) {
      int row = (int) part.dims()[1] * 4;
      ByteBuffer data = part.data().buffer();
      for (int r = 0; r < in; r++) {
        all.put(at + r * width * 4, data, r * row, row);
      }
      at += row;
    }
    return all;
  }

  private static Tensor concatenatedBias(List<Site> group) {
    int width = group.stream().mapToInt(Site::out).sum();
    float[] all = new float[width];
    int at = 0;
    for (Site site : group) {
      float[] bias = site.bias().orElseThrow().toFloats();
      System.arraycopy(bias, 0, all, at, bias.length);
      at += bias.length;
    }
    return Tensor.ofFloats(group.get(0).name() + "_fused_bias", new long[] {width}, all);
  }
}
