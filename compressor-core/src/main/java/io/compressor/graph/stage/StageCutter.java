package io.compressor.graph.stage;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts the main graph where a single value passes from one part to the next (a transformer whose
 * norms are fused with the residual sums: two). The blocks of a transformer fall out by themselves:
 * embedding, blocks, head. A plain chain of layers gives one stage a layer; a model without a
 * narrow place gives one stage.
 */
public final class StageCutter {
  /** Weights of more than one block of any transformer. */
  private static final int MANY = 16;

  private final GraphIndex index;
  private final Map<String, Site> sites = new LinkedHashMap<>();
  private final Strand strand;

  private StageCutter(Model model) {
    this.index = new GraphIndex(model);
    List<Site> found = SiteFinder.scan(index).sites();
    for (Site site : found) {
      site.uses().forEach(n -> sites.put(n.outputs().get(0), site));
    }
    this.strand = new Strand(index, new Dependence(index, sites.keySet()), found);
  }

  /** As {@link #cut(Model, Set)}; every stage can see the {@code attention_mask}. */
  public static List<Stage> cut(Model model) {
    return cut(model, Set.of("attention_mask"));
  }

  /**
   * The stages of a model in order; at least one. Deterministic in the model.
   *
   * @param everywhere inputs of the model that every stage gets, whether it reads them or not;
   *     names that the model does not have are ignored
   */
  public static List<Stage> cut(Model model, Set<String> everywhere) {
    StageCutter cutter = new StageCutter(model);
    List<Segment> stages = cutter.stages(1);
    if (isLumped(stages)) {
      // fused norms give the residual stream and its norm at once: two values pass between blocks
      List<Segment> wider = cutter.stages(2);
      stages = isLumped(wider) ? stages : wider;
    }
    return new StageAssembly(model, cutter.index, cutter.strand, cutter.siteNames(), everywhere)
        .stages(stages);
  }

  private List<Segment> stages(int values) {
    return Merging.stages(segments(values), strand, values);
  }

  /** Whether one stage has attention and most of the model's many weights. */
  private static boolean isLumped(List<Segment> stages) {
    int all = stages.stream().mapToInt(s -> s.sites().size()).sum();
    return all >= MANY && stages.stream().anyMatch(s -> s.mixes() && 2 * s.sites().size() > all);
  }

  private List<Segment> segments(int values) {
    List<Segment> segments = new ArrayList<>();
    int from = 0;
    for (int p = 1; p <= strand.size(); p++) {
      if (p == strand.size() || strand.isNarrow(p, values)) {
        segments.add(segment(from, p));
        from = p;
      }
    }
    return segments.isEmpty() ? List.of(segment(0, 0)) : segments;
  }

  private Segment segment(int from, int to) {
    List<SiteKind> kinds = new ArrayList<>();
    boolean mixes = false;
    for (Node node : strand.nodes(from, to)) {
      Site site = sites.get(node.outputs().get(0));
      if (site != null) {
        kinds.add(site.kind());
      }
      mixes |= isMixing(node);
    }
    return new Segment(from, to, kinds, mixes);
  }

  private boolean isMixing(Node node) {
    long bound = node.inputs().stream().filter(strand::isBound).count();
    return bound >= 2
        && (node.is("MatMul") || node.is("Einsum") || node.opType().contains("Attention"));
  }

  private Map<String, String> siteNames() {
    Map<String, String> names = new HashMap<>();
    sites.forEach((output, site) -> names.put(output, site.name()));
    return names;
  }
}
