package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.Optional;

/**
 * Folds a BatchNormalization after a Conv, Gemm or MatMul, and arithmetic with a per-channel
 * constant after a Conv, into the layer's weight and bias.
 *
 * <pre>
 *   before:  x → Conv(W, b) → BatchNormalization → y
 *   after:   x → Conv(scale·W, scale·b + shift) → y
 * </pre>
 *
 * <p>Declines when anything else reads the layer's result, when the weight is shared, or when the
 * parameters are not constant.
 */
public record FoldAffineIntoProducer() implements Rewrite {
  @Override
  public String id() {
    return "fold.affine-into-producer";
  }

  @Override
  public RewriteResult apply(Model model) {
    RewriteLog log = new RewriteLog();
    Model now = model;
    GraphIndex index = new GraphIndex(now);
    LinearSites sites = new LinearSites(index);
    for (Node original : model.graph().nodes()) {
      Optional<Node> node = index.counterpart(original);
      if (node.isPresent() && isCandidate(node.get())) {
        Optional<Model> folded = fold(node.get(), index, sites, log);
        if (folded.isPresent()) {
          now = folded.get();
          index = new GraphIndex(now);
          sites = new LinearSites(index);
        }
      }
    }
    return log.result(now);
  }

  private static boolean isCandidate(Node node) {
    return node.is("BatchNormalization")
        || node.is("Add")
        || node.is("Sub")
        || node.is("Mul")
        || node.is("Div");
  }

  private static Optional<Model> fold(
      Node node, GraphIndex index, LinearSites sites, RewriteLog log) {
    for (String x :
        node.is("BatchNormalization") ? node.input(0).stream().toList() : node.inputs()) {
      Optional<Site> site = sites.endingIn(x);
      Optional<ChannelAffine> affine =
          site.flatMap(s -> affine(node, x, s, index).filter(a -> a.channels() == s.out()));
      if (site.isPresent() && affine.isPresent()) {
        if (index.soleConsumer(x).isPresent()) {
          return Optional.of(folded(node, x, site.get(), affine.get(), index, log));
        }
        if (node.is("BatchNormalization")) { // arithmetic beside a Conv is usually not meant for it
          log.skipped(node, "'" + x + "' has other readers");
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<ChannelAffine> affine(Node node, String x, Site site, GraphIndex index) {
    if (node.is("BatchNormalization")) {
      return ChannelAffine.ofBatchNorm(node, index);
    }
    return site.kind() == SiteKind.CONV
        ? ChannelAffine.ofArithmetic(node, x, site.weight().rank(), site.out(), index)
        : Optional.empty();
  }

  private static Model folded(
      Node node, String x, Site site, ChannelAffine affine, GraphIndex index, RewriteLog log) {
    GraphEditor editor = new GraphEditor(index.model());
    LinearLayer layer = new LinearLayer(site);
    layer.changeOutputs(affine);
    layer.write(editor, index);
    String y = node.outputs().get(0);
    editor.remove(y);
    editor.renameOutput(x, y);
    log.applied(node, "folded into " + site.node().opType() + " '" + site.node().label() + "'");
    return editor.build();
  }
}
