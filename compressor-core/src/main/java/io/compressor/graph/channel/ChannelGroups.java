package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.ValueTypes;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds a model's channel groups: from every axis that a weight writes or reads, through all
 * operators in both directions, axes that must change together are joined. Where heads repeat
 * channels, the flat axis (heads · channels) joins the axis of one head. Whatever has no rule stops
 * the group with a reason.
 */
public final class ChannelGroups {
  private final GraphIndex index;
  private final SiteAxes sites;
  private final AxisSizes sizes;
  private final AxisRules rules;
  private final NormRules norms;
  private final Map<Axis, Axis> parents = new LinkedHashMap<>();
  private final Map<Axis, List<Endpoint>> writers = new HashMap<>();
  private final Map<Axis, List<Endpoint>> readers = new HashMap<>();
  private final Map<Axis, Set<Norm>> normsAt = new HashMap<>();
  private final Map<Axis, Set<Barrier>> barriers = new HashMap<>();
  private final Set<String> inputs = new HashSet<>();
  private final Deque<Axis> open = new ArrayDeque<>();

  private ChannelGroups(GraphIndex index) {
    this.index = index;
    ValueTypes types = new ValueTypes(index);
    this.sites = new SiteAxes(index);
    this.sizes = new AxisSizes(index, types, sites.byOutput());
    this.rules = new AxisRules(index, types, sizes);
    this.norms = new NormRules(index, types, sites.byOutput(), rules);
    index.model().graph().inputs().stream().map(Value::name).forEach(inputs::add);
  }

  /** All groups that end in at least one weight, in graph order; deterministic in the model. */
  public static List<ChannelGroup> of(Model model) {
    return of(new GraphIndex(model));
  }

  /** As {@link #of(Model)}, for a caller that has the index already. */
  public static List<ChannelGroup> of(GraphIndex index) {
    ChannelGroups groups = new ChannelGroups(index);
    groups.sites.byOutput().values().forEach(groups::attach);
    while (!groups.open.isEmpty()) {
      groups.visit(groups.open.remove());
    }
    return groups.collect();
  }

  private void attach(Site site) {
    SiteAxes.written(site)
        .ifPresent(
            at -> {
              add(at);
              writers.computeIfAbsent(at, k -> new ArrayList<>()).add(new Endpoint(site, 1, 1));
              sites.refusal(site).ifPresent(r -> bar(at, Effect.stop(site.name(), r)));
            });
    SiteAxes.read(site)
        .ifPresent(
            at -> {
              add(at);
              readers
                  .computeIfAbsent(at, k -> new ArrayList<>())
                  .add(new Endpoint(site, 1, SiteAxes.spread(site)));
              sites.refusal(site).ifPresent(r -> bar(at, Effect.stop(site.name(), r)));
            });
  }

  private void visit(Axis at) {
    if (index.constant(at.value()).isEmpty()) {
      Optional<Node> producer = index.producer(at.value());
      producer.ifPresent(node -> apply(node, at));
      if (producer.isEmpty()) {
        String what = inputs.contains(at.value()) ? "is an input of the model" : "has no producer";
        bar(at, Effect.stop(at.value(), what));
      }
    }
    if (index.isOutput(at.value())) {
      bar(at, Effect.stop(at.value(), "is an output of the model"));
    }
    index.consumers(at.value()).forEach(node -> apply(node, at));
  }

  private void apply(Node node, Axis at) {
    Effect effect = effect(node, at);
    for (Axis other : effect.joined()) {
      add(other);
      Axis a = root(at);
      Axis b = root(other);
      if (!a.equals(b)) {
        parents.put(b, a);
      }
    }
    bar(at, effect);
  }

  private Effect effect(Node node, Axis at) {
    Optional<Norm> norm = norms.normOf(node);
    if (norm.isPresent()) {
      if (at.axis() == -1) {
        normsAt.computeIfAbsent(at, k -> new LinkedHashSet<>()).add(norm.get());
      }
      return norms.of(norm.get(), at, index);
    }
    Optional<Site> biased = sites.biasAddedBy(node);
    if (biased.isPresent() && at.axis() == -1) {
      String product = biased.get().output();
      String sum = node.outputs().get(0);
      return at.value().equals(product) || at.value().equals(sum)
          ? Effect.join(new Axis(at.value().equals(sum) ? product : sum, -1))
          : AxisRules.unknown(node); // a bias that is a channel of something else, too
    }
    Optional<Site> site = sites.of(node);
    if (site.isEmpty()) {
      return rules.of(node, at);
    }
    boolean own =
        SiteAxes.written(site.get()).filter(at::equals).isPresent()
            || SiteAxes.read(site.get()).filter(at::equals).isPresent();
    return own ? Effect.none() : SiteAxes.rows(site.get(), at);
  }

  private void add(Axis at) {
    if (parents.putIfAbsent(at, at) == null) {
      open.add(at);
    }
  }

  private void bar(Axis at, Effect effect) {
    effect
        .barrier()
        .ifPresent(b -> barriers.computeIfAbsent(at, k -> new LinkedHashSet<>()).add(b));
  }

  private Axis root(Axis at) {
    Axis root = at;
    for (Axis up = parents.get(root); up != null && !up.equals(root); up = parents.get(root)) {
      root = up;
    }
    parents.put(at, root);
    return root;
  }

  private List<ChannelGroup> collect() {
    Map<Axis, GroupBuilder> byRoot = new LinkedHashMap<>();
    for (Axis at : List.copyOf(parents.keySet())) {
      GroupBuilder group = byRoot.computeIfAbsent(root(at), k -> new GroupBuilder(index));
      group.member(at, sizes.of(at));
      group.barriers(barriers.getOrDefault(at, Set.of()));
      normsAt
          .getOrDefault(at, Set.of())
          .forEach(n -> group.norm(new NormUse(n, norms.foldable(n, index).orElse(List.of()))));
      writers.getOrDefault(at, List.of()).forEach(group::writer);
      readers.getOrDefault(at, List.of()).forEach(group::reader);
    }
    return byRoot.values().stream().map(GroupBuilder::build).toList();
  }
}
