package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Channel axes through whole norms. A norm lets rotations through when its gain and shift can move
 * into the weights that read it; otherwise they stay where they are and fix the axes of the basis.
 */
final class NormRules {
  private final Map<String, Norm> byNodeOutput = new HashMap<>();
  private final Map<Norm, GainReaders> readers = new LinkedHashMap<>();

  NormRules(GraphIndex index, ValueTypes types, Map<String, Site> sites, AxisRules rules) {
    for (Norm norm : NormFinder.find(index, types)) {
      norm.nodes().forEach(n -> byNodeOutput.put(n.outputs().get(0), norm));
      readers.put(norm, GainReaders.of(norm, index, sites, rules));
    }
  }

  Optional<Norm> normOf(Node node) {
    return node.outputs().isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(byNodeOutput.get(node.outputs().get(0)));
  }

  /** The weights that take over a norm's gain and shift; empty when they must stay. */
  Optional<List<Site>> foldable(Norm norm, GraphIndex index) {
    GainReaders found = readers.getOrDefault(norm, new GainReaders(List.of(), Optional.empty()));
    return found.other().isEmpty() && !index.isOutput(norm.output()) && !found.readers().isEmpty()
        ? Optional.of(found.readers())
        : Optional.empty();
  }

  Effect of(Norm norm, Axis at, GraphIndex index) {
    List<String> ends = new ArrayList<>(norm.inputs());
    norm.sum().ifPresent(ends::add);
    ends.add(norm.output());
    List<Axis> joined = new ArrayList<>();
    ends.forEach(v -> joined.add(new Axis(v, at.axis())));
    boolean bare = norm.gain().isEmpty() && norm.shift().isEmpty();
    boolean folds = bare || foldable(norm, index).isPresent();
    if (!folds) {
      norm.gain().ifPresent(g -> joined.add(new Axis(g.value(), -1)));
      norm.shift().ifPresent(s -> joined.add(new Axis(s.value(), -1)));
    }
    skipBias(norm).ifPresent(b -> joined.add(new Axis(b, -1)));
    joined.remove(at);
    String kind = norm.kind() == Norm.Kind.RMS ? "RMS norm" : "layer norm";
    if (at.axis() != -1 && !isOperand(norm, at.value())) {
      return Effect.stop(norm.label(), kind + " over another axis than the channels");
    }
    return folds
        ? Effect.join(joined)
            .but(
                norm.label(),
                kind
                    + (norm.kind() == Norm.Kind.RMS
                        ? " commutes with rotations only"
                        : " commutes with rotations only, once its input has no mean"),
                Transformation.ORTHOGONAL)
        : Effect.join(joined)
            .but(norm.label(), kind + ": " + stays(norm), Transformation.PERMUTATION);
  }

  private String stays(Norm norm) {
    return Optional.ofNullable(readers.get(norm))
        .flatMap(GainReaders::other)
        .map(
            n ->
                ("its gain is inside the residual stream, where %s reads it, not only weights"
                        + " (a post-norm model)")
                    .formatted(n.opType()))
        .orElse("its gain is inside the stream: no weight could take it over");
  }

  private static boolean isOperand(Norm norm, String value) {
    return norm.gain().filter(g -> g.value().equals(value)).isPresent()
        || norm.shift().filter(s -> s.value().equals(value)).isPresent()
        || skipBias(norm).filter(value::equals).isPresent();
  }

  /** The bias that the fused skip forms add to the stream. */
  private static Optional<String> skipBias(Norm norm) {
    Node node = norm.nodes().get(0);
    return switch (node.opType()) {
      case "SkipLayerNormalization" -> node.input(4);
      case "SkipSimplifiedLayerNormalization" -> node.input(3);
      default -> Optional.empty();
    };
  }
}
