package io.compressor.graph;

import io.compressor.graph.SiteReading.BiasSource;
import io.compressor.graph.SiteReading.Refused;
import io.compressor.graph.SiteReading.Weight;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds every weight of a model: sites in graph order, and all other large constants with the
 * reason why they are none.
 */
public final class SiteFinder {
  private final GraphIndex index;
  private final SiteReader reader;
  private final SiteNames names = new SiteNames();
  private final List<Site> sites = new ArrayList<>();
  private final Map<String, String> skipped = new LinkedHashMap<>();

  private SiteFinder(GraphIndex index, SiteReader reader) {
    this.index = index;
    this.reader = reader;
  }

  /** All weights of the main graph; deterministic in the model. */
  public static SiteScan scan(Model model) {
    return scan(new GraphIndex(model));
  }

  /** As {@link #scan(Model)}, for a caller that has the index already. */
  public static SiteScan scan(GraphIndex index) {
    return scan(index, Set.of(ElementType.FLOAT));
  }

  /**
   * As {@link #scan(GraphIndex)}, for weights that the graph computes with in any of the given
   * types; for exact changes that need no kernel of the weight's type.
   */
  public static SiteScan scan(GraphIndex index, Set<ElementType> types) {
    SiteFinder finder = new SiteFinder(index, new SiteReader(index, types));
    finder.run();
    return new SiteScan(
        finder.sites,
        finder.skipped.entrySet().stream()
            .map(e -> new Skipped(e.getKey(), e.getValue()))
            .toList());
  }

  /**
   * A shared site seen through each node that reads it: the node's own kind, input, output and
   * bias. A site with one use gives itself.
   */
  public static List<Site> perUse(Site site, GraphIndex index) {
    SiteReader reader = new SiteReader(index, Set.of(site.weight().type()));
    return site.uses().stream()
        .map(n -> reader.read(n).orElseThrow())
        .map(r -> site(site.name(), (Weight) r, List.of(((Weight) r).node())))
        .toList();
  }

  private void run() {
    Graph graph = index.model().graph();
    Map<String, List<Weight>> byRoot = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      Optional<SiteReading> reading = reader.read(node);
      if (reading.isPresent() && reading.get() instanceof Weight w) {
        byRoot.computeIfAbsent(w.source().root(), k -> new ArrayList<>()).add(w);
      } else if (reading.isPresent() && reading.get() instanceof Refused r) {
        skip(r.root(), node, r.reason());
      } else {
        OtherWeights.of(node, index).forEach((root, reason) -> skip(root, node, reason));
      }
    }
    byRoot.forEach(this::decide);
    OtherWeights.hidden(index.model()).forEach(skipped::putIfAbsent);
  }

  private void decide(String root, List<Weight> uses) {
    Weight first = uses.get(0);
    Optional<String> refusal = Sharing.refusal(root, uses, index);
    Optional<String> biasRoot =
        uses.stream().flatMap(u -> u.bias().stream()).map(BiasSource::root).findFirst();
    String name = names.name(root, first.node(), biasRoot);
    if (refusal.isPresent()) {
      skipped.put(name, refusal.get());
    } else {
      skipped.remove(root);
      sites.add(site(name, first, uses.stream().map(Weight::node).toList()));
    }
  }

  private void skip(String root, Node node, String reason) {
    String name = SiteNames.isAnonymous(root) && !node.name().isEmpty() ? node.name() : root;
    skipped.putIfAbsent(name, reason);
  }

  private static Site site(String name, Weight w, List<Node> uses) {
    return new Site(
        name,
        w.kind(),
        w.node(),
        w.weightInput(),
        w.source().tensor(),
        w.layout(),
        w.bias().flatMap(BiasSource::node),
        w.bias().map(BiasSource::tensor),
        w.input(),
        w.node().outputs().get(0),
        uses);
  }
}
