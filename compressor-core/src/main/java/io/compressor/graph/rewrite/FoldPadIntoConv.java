package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.ir.Attribute;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets a Conv do the zero padding of the Pad before it.
 *
 * <pre>
 *   before:  x → Pad(0, pads=p) → Conv(pads=q)        after:  x → Conv(pads=p+q)
 * </pre>
 *
 * <p>Declines other modes and values, padding of batch or channels, negative padding, automatic
 * padding, and a Pad with other readers.
 */
public record FoldPadIntoConv() implements Rewrite {
  @Override
  public String id() {
    return "fold.pad-into-conv";
  }

  @Override
  public RewriteResult apply(Model model) {
    RewriteLog log = new RewriteLog();
    Model now = model;
    for (Node original : model.graph().nodes()) {
      if (original.is("Pad")) {
        GraphIndex index = new GraphIndex(now);
        Optional<Node> pad = index.counterpart(original).filter(p -> p.input(0).isPresent());
        Optional<Node> conv =
            pad.flatMap(p -> index.soleConsumer(p.outputs().get(0)).filter(n -> isReader(n, p)));
        if (pad.isPresent() && conv.isPresent()) {
          now = fold(pad.get(), conv.get(), index, log);
        }
      }
    }
    return log.result(now);
  }

  private static boolean isReader(Node conv, Node pad) {
    return conv.is("Conv") && conv.inputs().indexOf(pad.outputs().get(0)) == 0;
  }

  private static Model fold(Node pad, Node conv, GraphIndex index, RewriteLog log) {
    Optional<long[]> pads = zeroPads(pad, index);
    String auto = conv.textAttribute("auto_pad", "NOTSET");
    if (pads.isEmpty() || auto.startsWith("SAME")) {
      log.skipped(
          pad, pads.isEmpty() ? "is no constant zero padding of spatial axes" : "Conv pads itself");
      return index.model();
    }
    int spatial = pads.get().length / 2 - 2;
    long[] sum = conv.intsAttribute("pads").orElse(new long[2 * spatial]).clone();
    if (sum.length != 2 * spatial) {
      return index.model();
    }
    for (int i = 0; i < spatial; i++) {
      sum[i] += pads.get()[2 + i];
      sum[spatial + i] += pads.get()[4 + spatial + i];
    }
    Map<String, Attribute> attributes = new LinkedHashMap<>(conv.attributes());
    attributes.remove("auto_pad");
    attributes.put("pads", Attribute.of("pads", sum));
    List<String> inputs = new java.util.ArrayList<>(conv.inputs());
    inputs.set(0, pad.inputs().get(0));
    GraphEditor editor = new GraphEditor(index.model());
    editor.update(conv.outputs().get(0), n -> n.withAttributes(attributes).withInputs(inputs));
    log.applied(pad, "folded into Conv '" + conv.label() + "'");
    return editor.build();
  }

  /** The pads when they are constant, non-negative, of spatial axes only, and filled with zero. */
  private static Optional<long[]> zeroPads(Node pad, GraphIndex index) {
    if (!pad.textAttribute("mode", "constant").equals("constant")
        || pad.floatAttribute("value", 0) != 0
        || pad.input(3).isPresent()) {
      return Optional.empty();
    }
    if (pad.input(2).isPresent()
        && index.constant(pad.inputs().get(2)).filter(FoldPadIntoConv::isZero).isEmpty()) {
      return Optional.empty();
    }
    return pad.intsAttribute("pads")
        .or(() -> pad.input(1).flatMap(index::longs))
        .filter(p -> p.length >= 6 && p.length % 2 == 0)
        .filter(p -> Arrays.stream(p).allMatch(v -> v >= 0))
        .filter(p -> p[0] == 0 && p[1] == 0 && p[p.length / 2] == 0 && p[p.length / 2 + 1] == 0);
  }

  private static boolean isZero(Tensor t) {
    return t.elements() == 1 && t.type().isFloat() && t.toFloats()[0] == 0;
  }
}
