package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The weights that read a norm's output, when nothing else does: they can take over its gain and
 * shift. Operators that only pick rows or change the type may stand in between.
 *
 * @param readers the weights, each as one node reads it
 * @param other a node that reads the output as something else than a weight's input
 */
record GainReaders(List<Site> readers, Optional<Node> other) {
  private static final Set<String> PASSED = Set.of("Identity", "Cast", "Gather", "Slice");

  static GainReaders of(Norm norm, GraphIndex index, Map<String, Site> sites, AxisRules rules) {
    Map<String, Site> readers = new LinkedHashMap<>();
    List<Node> others = new ArrayList<>();
    Deque<String> open = new ArrayDeque<>(List.of(norm.output()));
    while (!open.isEmpty()) {
      String value = open.remove();
      for (Node node : index.consumers(value)) {
        String y = node.outputs().isEmpty() ? "" : node.outputs().get(0);
        Site site = sites.get(y);
        if (node.is("Shape")) {
          continue;
        }
        if (site != null && readsLast(site, value)) {
          readers.put(y, site);
        } else if (PASSED.contains(node.opType())
            && node.inputs().get(0).equals(value)
            && rules.of(node, new Axis(value, -1)).equals(Effect.join(new Axis(y, -1)))) {
          open.add(y);
        } else {
          others.add(node);
        }
      }
    }
    return new GainReaders(List.copyOf(readers.values()), others.stream().findFirst());
  }

  private static boolean readsLast(Site site, String value) {
    return site.input().equals(value)
        && (site.kind() == SiteKind.GEMM
            || (site.kind() == SiteKind.MATMUL && site.weightInput() == 1));
  }
}
