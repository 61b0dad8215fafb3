package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.SiteKind;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The axes at which weights read and write, one view of a weight for each node that reads it. */
final class SiteAxes {
  private static final Set<ElementType> FLOATS =
      Set.of(ElementType.FLOAT, ElementType.FLOAT16, ElementType.DOUBLE, ElementType.BFLOAT16);

  private final Map<String, Site> byOutput = new LinkedHashMap<>();
  private final Map<String, Site> byBiasAdd = new HashMap<>();
  private final Map<String, String> shared = new HashMap<>();

  SiteAxes(GraphIndex index) {
    for (Site site : SiteFinder.scan(index, FLOATS).sites()) {
      boolean tied =
          site.uses().size() == 2 && site.uses().stream().filter(n -> n.is("Gather")).count() == 1;
      for (Site use : SiteFinder.perUse(site, index)) {
        byOutput.put(use.output(), use);
        use.biasNode().ifPresent(add -> byBiasAdd.put(add.outputs().get(0), use));
        if (site.isShared() && !tied) {
          shared.put(
              use.output(),
              "its weight is shared by %d nodes: %s"
                  .formatted(
                      site.uses().size(),
                      site.uses().stream()
                          .limit(4)
                          .map(Node::label)
                          .collect(Collectors.joining(", "))));
        }
      }
    }
  }

  /** Views of all weights by the value their node produces. */
  Map<String, Site> byOutput() {
    return byOutput;
  }

  Optional<Site> of(Node node) {
    return node.outputs().isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(byOutput.get(node.outputs().get(0)));
  }

  /** The weight whose separate bias this node adds. */
  Optional<Site> biasAddedBy(Node node) {
    return node.outputs().isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(byBiasAdd.get(node.outputs().get(0)));
  }

  /** Where the rows of W (the columns of a table) arrive; empty for a grouped Conv. */
  static Optional<Axis> written(Site site) {
    return switch (site.kind()) {
      case GATHER, GEMM -> Optional.of(new Axis(site.output(), -1));
      case MATMUL -> Optional.of(new Axis(site.output(), site.weightInput() == 1 ? -1 : -2));
      case CONV ->
          isGrouped(site)
              ? Optional.empty()
              : Optional.of(new Axis(site.output(), 1 - site.weight().rank()));
    };
  }

  /** Where the columns of W meet the input; empty for tables and a grouped Conv. */
  static Optional<Axis> read(Site site) {
    return switch (site.kind()) {
      case GATHER -> Optional.empty();
      case GEMM -> Optional.of(new Axis(site.input(), -1));
      case MATMUL -> Optional.of(new Axis(site.input(), site.weightInput() == 1 ? -1 : -2));
      case CONV ->
          isGrouped(site)
              ? Optional.empty()
              : Optional.of(new Axis(site.input(), 1 - site.weight().rank()));
    };
  }

  static boolean isGrouped(Site site) {
    return site.kind() == SiteKind.CONV && site.node().intAttribute("group", 1) != 1;
  }

  /** Channels along the axis that the weight writes. */
  static int writtenSize(Site site) {
    return site.kind() == SiteKind.GATHER ? site.in() : site.out();
  }

  /** Columns of one input channel. */
  static int spread(Site site) {
    return site.kind() == SiteKind.CONV ? site.in() / (int) site.weight().dims()[1] : 1;
  }

  /** Why a weight's axes cannot be changed at all. */
  Optional<String> refusal(Site site) {
    return Optional.ofNullable(shared.get(site.output()));
  }

  /** How an axis other than the weight's own passes its node. */
  static Effect rows(Site site, Axis at) {
    boolean in = at.value().equals(site.input());
    if (site.kind() == SiteKind.MATMUL || (site.kind() == SiteKind.GEMM && at.axis() == -2)) {
      if (in || at.value().equals(site.output())) {
        return Effect.join(new Axis(in ? site.output() : site.input(), at.axis()));
      }
    }
    return Effect.stop(
        site.node().label(),
        isGrouped(site)
            ? "grouped Conv: its channels are tied group by group"
            : site.node().opType() + " is not analysed along this axis");
  }
}
