package io.compressor.graph.stage;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.ValueNames;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The anchored nodes of a model in graph order, and where between them a cut is narrow: few bound
 * values are alive. Values that live across more than half of the layers, such as an encoder's
 * output in a decoder or a shared position bias, do not count; they are stored once.
 */
final class Strand {
  /** With fewer layers than this, a value that spans half of them is nothing special. */
  private static final int FEW = 8;

  private final Dependence dependence;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Integer> at = new HashMap<>();
  private final boolean[] closed;
  private final int[] width;

  Strand(GraphIndex index, Dependence dependence, List<Site> sites) {
    this.dependence = dependence;
    for (Node node : index.model().graph().nodes()) {
      if (dependence.isAnchored(node)) {
        node.outputs().forEach(o -> at.putIfAbsent(o, nodes.size()));
        nodes.add(node);
      }
    }
    this.closed = new boolean[nodes.size() + 1];
    this.width = new int[nodes.size() + 1];
    keepBiases(sites);
    measure(layers(sites));
  }

  int size() {
    return nodes.size();
  }

  /** Anchored nodes [from, to). */
  List<Node> nodes(int from, int to) {
    return nodes.subList(from, to);
  }

  /** Where the node that produces {@code value} stands; -1 when it is not anchored. */
  int position(String value) {
    return at.getOrDefault(value, -1);
  }

  boolean isBound(String value) {
    return dependence.isBound(value);
  }

  /**
   * Whether the nodes before {@code position} and from it on may become different stages.
   *
   * @param values that may pass from one to the other
   */
  boolean isNarrow(int position, int values) {
    return position > 0 && position < size() && !closed[position] && width[position] <= values;
  }

  /** A weight and the Add of its bias are one site: they stay together. */
  private void keepBiases(List<Site> sites) {
    for (Site site : sites) {
      site.biasNode()
          .ifPresent(add -> close(position(site.output()) + 1, position(add.outputs().get(0)) + 1));
    }
  }

  private void close(int from, int to) {
    for (int i = Math.max(0, from); i < to; i++) {
      closed[i] = true;
    }
  }

  private void measure(int[] layersBefore) {
    Map<String, Integer> last = new LinkedHashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String read : ValueNames.reads(nodes.get(i))) {
        if (isBound(read)) {
          last.put(read, i);
        }
      }
    }
    int layers = layersBefore[nodes.size()];
    last.forEach(
        (value, reader) -> {
          int made = position(value);
          int spanned = layersBefore[reader + 1] - layersBefore[made + 1];
          boolean everywhere = layers >= FEW && 2 * spanned > layers;
          for (int i = made + 1; i <= reader; i++) {
            width[i] += everywhere ? 0 : 1;
            closed[i] |= !isTensor(nodes.get(made));
          }
        });
  }

  /** Layers among the first i nodes, for every i. */
  private int[] layers(List<Site> sites) {
    int[] before = new int[nodes.size() + 1];
    for (Site site : sites) {
      if (site.kind() != SiteKind.GATHER) {
        site.uses().forEach(n -> before[position(n.outputs().get(0)) + 1]++);
      }
    }
    for (int i = 1; i < before.length; i++) {
      before[i] += before[i - 1];
    }
    return before;
  }

  private static boolean isTensor(Node node) {
    String op = node.opType();
    return !(op.startsWith("Sequence") || op.endsWith("ToSequence") || op.startsWith("Optional"));
  }
}
