package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.List;
import java.util.Optional;

/**
 * Folds a BatchNormalization that stands after an activation or pooling, so that only layers and
 * activations are left; likewise arithmetic with a per-channel constant in front of a Conv.
 *
 * <pre>
 *   before:  Conv(W, b) → Relu → BatchNormalization → MaxPool → Conv(V, d)
 *   after:   Conv(|s|·W, |s|·b) → Relu → MaxPool → Conv(sign(s)·V, d + V·shift)
 * </pre>
 *
 * <p>The scale's magnitude moves back through everything positively homogeneous (Relu, pooling)
 * into the layer before, where it is harmless to quantization: one factor an output channel. Its
 * sign and the shift go forward into every layer that reads the result. A negative scale does not
 * pass a maximum. A shift does not pass zero padding; there the layer before gets one more output
 * channel that is a positive constant k, and the layer after reads Σ_c V[o,c,·]·shift[c] / k from
 * it, which the padding then cuts exactly as it cut the shifted input. Only BatchNormalization is
 * worth that channel.
 */
public record FoldAffineIntoConsumers() implements Rewrite {
  /** An affine node, the value it reads and what it does to it. */
  private record Candidate(Node node, String x, ChannelAffine affine) {
    boolean isBatchNorm() {
      return node.is("BatchNormalization");
    }
  }

  @Override
  public String id() {
    return "fold.affine-into-consumers";
  }

  @Override
  public RewriteResult apply(Model model) {
    RewriteLog log = new RewriteLog();
    GraphIndex index = new GraphIndex(model);
    LinearSites sites = new LinearSites(index);
    List<Node> nodes = model.graph().nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) { // backwards, so that chains fold link by link
      Optional<Node> node = index.counterpart(nodes.get(i));
      Optional<Candidate> candidate =
          node.isPresent() ? candidate(node.get(), index, sites, log) : Optional.empty();
      Optional<Model> folded =
          candidate.isPresent() ? fold(candidate.get(), index, sites, log) : Optional.empty();
      if (folded.isPresent()) {
        index = new GraphIndex(folded.get());
        sites = new LinearSites(index);
      }
    }
    return log.result(index.model());
  }

  private static Optional<Candidate> candidate(
      Node node, GraphIndex index, LinearSites sites, RewriteLog log) {
    if (!node.is("BatchNormalization")) {
      return arithmetic(node, index, sites);
    }
    Optional<ChannelAffine> affine = ChannelAffine.ofBatchNorm(node, index);
    if (affine.isEmpty()) {
      log.skipped(node, "its parameters are not constant, or it is in training mode");
    }
    return affine.map(a -> new Candidate(node, node.inputs().get(0), a));
  }

  /** Arithmetic that a Conv reads; the Conv's weight tells rank and channels. */
  private static Optional<Candidate> arithmetic(Node node, GraphIndex index, LinearSites sites) {
    Optional<Site> conv =
        index.consumers(node.outputs().get(0)).stream()
            .findFirst()
            .flatMap(sites::of)
            .filter(s -> s.kind() == SiteKind.CONV);
    if (conv.isEmpty()) {
      return Optional.empty();
    }
    int channels = new LinearLayer(conv.get()).inputChannels();
    for (String x : node.inputs()) {
      Optional<ChannelAffine> affine =
          ChannelAffine.ofArithmetic(node, x, conv.get().weight().rank(), channels, index);
      if (affine.isPresent() && index.constant(x).isEmpty()) {
        return Optional.of(new Candidate(node, x, affine.get()));
      }
    }
    return Optional.empty();
  }

  private static Optional<Model> fold(
      Candidate candidate, GraphIndex index, LinearSites sites, RewriteLog log) {
    Node node = candidate.node();
    ChannelAffine affine = candidate.affine();
    Upstream upstream = Upstream.of(candidate.x(), affine.channels(), index, sites);
    double[] back = upstream.factor(affine);
    ChannelAffine forward = affine.withoutFactor(back);
    Downstream downstream = Downstream.of(node, forward, index, sites);
    boolean channel = forward.hasShift() && downstream.padded();
    Optional<String> refusal = downstream.refusal();
    if (refusal.isEmpty() && channel) {
      refusal = upstream.constantRefusal().or(downstream::channelRefusal);
    }
    if (refusal.isPresent() || (channel && !candidate.isBatchNorm())) {
      if (candidate.isBatchNorm()) {
        log.skipped(node, refusal.orElseThrow());
      }
      return Optional.empty();
    }
    GraphEditor editor = new GraphEditor(index.model());
    double constant = channel ? upstream.constant(node, back, index) : 0;
    upstream.write(back, constant, editor, index);
    downstream.write(forward, constant, editor, index);
    editor.replaceUses(node.outputs().get(0), candidate.x());
    int layers = downstream.targets().size() + (upstream.layer().isPresent() ? 1 : 0);
    log.applied(
        node, "folded into " + layers + " layer(s)" + (channel ? " with a constant channel" : ""));
    return Optional.of(editor.build());
  }
}
