package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.ValueTypes;
import io.compressor.graph.channel.Norm;
import io.compressor.graph.channel.NormFinder;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Spells a norm's square as ONNX Runtime's own fusion expects it: x² as Pow(x, 2), not Mul(x, x).
 * The session then runs one node for five, and the file stays standard.
 */
public record SpellNorms() implements Rewrite {
  @Override
  public String id() {
    return "spell.norms";
  }

  @Override
  public RewriteResult apply(Model model) {
    GraphIndex index = new GraphIndex(model);
    GraphEditor editor = new GraphEditor(model);
    RewriteLog log = new RewriteLog();
    Optional<String> two = Optional.empty();
    ValueTypes types = new ValueTypes(index);
    for (Norm norm : NormFinder.find(index, types)) {
      Optional<Node> square =
          norm.nodes().stream()
              .filter(n -> isSquare(n, norm.core()))
              .filter(n -> types.elementType(norm.core()).equals(Optional.of(ElementType.FLOAT)))
              .findFirst();
      if (square.isPresent()) {
        String exponent =
            two.orElseGet(() -> editor.addInitializer(Tensor.scalar("norm.square", 2)));
        two = Optional.of(exponent);
        editor.replace(
            square.get().outputs().get(0),
            List.of(
                Node.of("Pow", List.of(norm.core(), exponent), square.get().outputs())
                    .withName(square.get().name())));
        log.applied(square.get(), "x · x is spelled as a power");
      }
    }
    return log.result(log.isEmpty() ? model : editor.build());
  }

  private static boolean isSquare(Node node, String core) {
    return node.is("Mul") && node.inputs().equals(List.of(core, core));
  }
}
