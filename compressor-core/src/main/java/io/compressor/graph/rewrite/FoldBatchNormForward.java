package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.Optional;

/**
 * Folds a BatchNormalization that stands after an activation or pooling, so that only layers and
 * activations are left:
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
 * it, which the padding then cuts exactly as it cut the shifted input.
 */
public record FoldBatchNormForward() implements Rewrite {
  @Override
  public String id() {
    return "fold.batch-norm-forward";
  }

  @Override
  public RewriteResult apply(Model model) {
    RewriteLog log = new RewriteLog();
    Model now = model;
    for (Node original : model.graph().nodes()) {
      if (original.is("BatchNormalization")) {
        GraphIndex index = new GraphIndex(now);
        now = fold(index.producer(original.outputs().get(0)).orElse(original), index, log);
      }
    }
    return log.result(now);
  }

  private static Model fold(Node node, GraphIndex index, RewriteLog log) {
    Optional<ChannelAffine> affine = ChannelAffine.ofBatchNorm(node, index);
    if (affine.isEmpty()) {
      log.skipped(node, "its parameters are not constant, or it is in training mode");
      return index.model();
    }
    LinearSites sites = new LinearSites(index);
    Upstream upstream = Upstream.of(node, affine.get().channels(), index, sites);
    double[] back = upstream.factor(affine.get());
    ChannelAffine forward = affine.get().withoutFactor(back);
    Downstream downstream = Downstream.of(node, forward, index, sites);
    Optional<String> refusal = refusal(upstream, downstream, forward);
    if (refusal.isPresent()) {
      log.skipped(node, refusal.get());
      return index.model();
    }
    GraphEditor editor = new GraphEditor(index.model());
    boolean channel = forward.hasShift() && downstream.padded();
    double constant = channel ? upstream.constant(node, back, index) : 0;
    upstream.write(back, constant, editor, index);
    downstream.write(forward, constant, editor, index);
    String y = node.outputs().get(0);
    String x = node.inputs().get(0);
    editor.replaceUses(y, x);
    log.applied(
        node,
        "folded into %d layer(s)%s"
            .formatted(
                downstream.targets().size() + (upstream.layer().isPresent() ? 1 : 0),
                channel ? " with a constant channel" : ""));
    return editor.build();
  }

  private static Optional<String> refusal(
      Upstream upstream, Downstream downstream, ChannelAffine forward) {
    if (downstream.refusal().isPresent() || !forward.hasShift() || !downstream.padded()) {
      return downstream.refusal();
    }
    return upstream.constantRefusal().or(downstream::channelRefusal);
  }
}
