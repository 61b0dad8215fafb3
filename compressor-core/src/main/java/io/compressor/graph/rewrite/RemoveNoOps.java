package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.Arrays;
import java.util.Optional;

/**
 * Takes out nodes that return their input: Identity, Dropout (inference), pooling with 1×1 windows.
 *
 * <pre>
 *   before:  a → Identity → b → f        after:  a → f
 * </pre>
 *
 * <p>A node whose output is a graph output goes when its producer can take over the name.
 */
public record RemoveNoOps() implements Rewrite {
  @Override
  public String id() {
    return "clean.no-ops";
  }

  @Override
  public RewriteResult apply(Model model) {
    RewriteLog log = new RewriteLog();
    GraphIndex index = new GraphIndex(model);
    for (Node original : model.graph().nodes()) {
      Optional<Node> node = index.counterpart(original);
      if (node.isPresent() && returnsItsInput(node.get(), index)) {
        Optional<Model> without = without(node.get(), index, log);
        index = without.isPresent() ? new GraphIndex(without.get()) : index;
      }
    }
    return log.result(index.model());
  }

  private static boolean returnsItsInput(Node node, GraphIndex index) {
    boolean single =
        node.outputs().stream().skip(1).noneMatch(o -> !o.isEmpty() && index.isUsed(o));
    if (!single || node.input(0).isEmpty()) {
      return false;
    }
    if (node.is("Identity")) {
      return true;
    }
    if (node.is("Dropout")) {
      return node.input(2).isEmpty()
          || index
              .constant(node.inputs().get(2))
              .filter(t -> t.elements() == 1 && t.data().toArray()[0] == 0)
              .isPresent();
    }
    return (node.is("MaxPool") || node.is("AveragePool"))
        && all(node, "kernel_shape", 1)
        && all(node, "strides", 1)
        && all(node, "pads", 0)
        && node.intsAttribute("kernel_shape").isPresent();
  }

  private static boolean all(Node node, String attribute, long value) {
    return Arrays.stream(node.intsAttribute(attribute).orElse(new long[0]))
        .allMatch(v -> v == value);
  }

  private static Optional<Model> without(Node node, GraphIndex index, RewriteLog log) {
    String out = node.outputs().get(0);
    GraphEditor editor = new GraphEditor(index.model());
    String in = node.inputs().get(0);
    if (!index.isOutput(out)) {
      editor.replaceUses(out, in);
    } else if (index.producer(in).isPresent() && !index.isOutput(in)) {
      editor.remove(out);
      editor.renameOutput(in, out);
    } else {
      return Optional.empty(); // input, constant or output passed through: the node must stay
    }
    log.applied(node, "removed " + node.opType() + ", which returns its input");
    return Optional.of(editor.build());
  }
}
