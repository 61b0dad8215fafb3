package io.compressor.pass.joint;

import io.compressor.encoding.ConvProbe;
import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.FactoredForm;
import io.compressor.graph.GraphEditor;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.Skipped;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.ConvTimes;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.recipe.Treatment;
import io.compressor.solver.lowrank.Factors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntFunction;

/** What each site may become: forms and times, nothing solved yet. */
final class Menu {
  private final PassScope scope;
  private final BiFunction<PassScope, Integer, Assignment> halves;
  private final Map<Integer, Map<String, EncodingChoice>> forms = new LinkedHashMap<>();
  private final Map<String, Skipped> refused = new LinkedHashMap<>();
  private final Map<String, ConvProbe.Times> times;

  /**
   * @param widths that anything may have
   * @param whole forms of whole sites at a width
   * @param halves forms of the sites of another model at a width
   */
  Menu(
      PassScope scope,
      Set<Integer> widths,
      IntFunction<Assignment> whole,
      BiFunction<PassScope, Integer, Assignment> halves) {
    this.scope = scope;
    this.halves = halves;
    for (int bits : widths) {
      Assignment at = whole.apply(bits);
      forms.put(bits, byName(at));
      at.skipped().forEach(s -> refused.putIfAbsent(s.name(), s));
    }
    this.times = ConvTimes.of(scope, scope.sites());
  }

  /** The forms that a site can take, by width. */
  Map<Integer, EncodingChoice> forms(Site site) {
    Map<Integer, EncodingChoice> own = new LinkedHashMap<>();
    forms.forEach(
        (bits, byName) ->
            Optional.ofNullable(byName.get(site.name())).ifPresent(c -> own.put(bits, c)));
    return own;
  }

  /** Why a site has no form in codes. */
  Skipped refusal(Site site) {
    return refused.getOrDefault(site.name(), new Skipped(site.name(), "no treatment fits it"));
  }

  /**
   * Joins treatments with forms; those that no form can hold are left out.
   *
   * @param wanted by site, in the order of the sites; one that does nothing first
   */
  List<Offer> offers(Map<String, List<Treatment>> wanted) {
    Map<String, Map<Integer, Split>> factored = factored(wanted);
    List<Offer> offers = new ArrayList<>();
    for (Site site : scope.sites()) {
      List<Item> items = new ArrayList<>();
      for (Treatment t : wanted.getOrDefault(site.name(), List.of())) {
        Optional<Item> item =
            t.rank() == 0
                ? item(site, t)
                : Optional.ofNullable(factored.getOrDefault(site.name(), Map.of()).get(t.rank()))
                    .flatMap(split -> split.item(t));
        item.ifPresent(items::add);
      }
      if (!items.isEmpty()) {
        offers.add(new Offer(site, items));
      }
    }
    return offers;
  }

  private Optional<Item> item(Site site, Treatment t) {
    double before = floatMillis(site);
    if (t.isNone()) {
      return Optional.of(new Item(t, Optional.empty(), List.of(), before));
    }
    return Optional.ofNullable(forms.getOrDefault(t.bits(), Map.of()).get(site.name()))
        .map(
            c ->
                new Item(
                    t,
                    Optional.empty(),
                    List.of(new Assignment.Assigned(site, c)),
                    millis(c, Optional.ofNullable(times.get(site.name()))).orElse(before)));
  }

  /** Milliseconds of a site as it is; 0 where nothing was measured. */
  double floatMillis(Site site) {
    return floatMs(
            forms(site).values().stream().findFirst(), Optional.ofNullable(times.get(site.name())))
        .orElse(0);
  }

  private static OptionalDouble floatMs(
      Optional<EncodingChoice> choice, Optional<ConvProbe.Times> conv) {
    return conv.isPresent()
        ? OptionalDouble.of(conv.get().floatMs())
        : choice.map(EncodingChoice::floatMs).orElse(OptionalDouble.empty());
  }

  private static OptionalDouble millis(EncodingChoice choice, Optional<ConvProbe.Times> conv) {
    return switch (choice.encoding().arithmetic()) {
      case STATIC_INT8 -> conv.map(t -> OptionalDouble.of(t.int8Ms())).orElse(choice.predictedMs());
      case FLOAT -> floatMs(Optional.of(choice), conv);
      default -> choice.predictedMs();
    };
  }

  /** A site at one rank, with what its halves can become. */
  private record Split(
      Item.Halves halves,
      Map<Integer, Map<String, EncodingChoice>> forms,
      Map<String, ConvProbe.Times> times,
      double before) {
    Optional<Item> item(Treatment t) {
      List<Assignment.Assigned> coded = new ArrayList<>();
      double sum = 0;
      boolean known = true;
      for (Site half : List.of(halves.v(), halves.u())) {
        Optional<ConvProbe.Times> conv = Optional.ofNullable(times.get(half.name()));
        Optional<EncodingChoice> form =
            Optional.ofNullable(forms.getOrDefault(t.bits(), Map.of()).get(half.name()));
        form.ifPresent(c -> coded.add(new Assignment.Assigned(half, c)));
        OptionalDouble ms =
            form.isPresent()
                ? millis(form.get(), conv)
                : floatMs(
                    forms.values().stream()
                        .map(m -> m.get(half.name()))
                        .filter(Objects::nonNull)
                        .findFirst(),
                    conv);
        known &= ms.isPresent();
        sum += ms.orElse(0);
      }
      return t.isFloat() || !coded.isEmpty()
          ? Optional.of(new Item(t, Optional.of(halves), coded, known ? sum : before))
          : Optional.empty();
    }
  }

  /** All sites at their first rank in one model, then all at their second, and so on. */
  private Map<String, Map<Integer, Split>> factored(Map<String, List<Treatment>> wanted) {
    Map<String, List<Integer>> ranks = new LinkedHashMap<>();
    Set<Integer> widths = new LinkedHashSet<>();
    int most = 0;
    for (Site site : scope.sites()) {
      List<Treatment> own =
          wanted.getOrDefault(site.name(), List.of()).stream().filter(t -> t.rank() > 0).toList();
      own.stream().filter(t -> !t.isFloat()).forEach(t -> widths.add(t.bits()));
      List<Integer> list = own.stream().map(Treatment::rank).distinct().toList();
      if (!list.isEmpty() && FactoredForm.refuse(site).isEmpty()) {
        ranks.put(site.name(), list);
        most = Math.max(most, list.size());
      }
    }
    Map<String, Map<Integer, Split>> found = new LinkedHashMap<>();
    for (int k = 0; k < most; k++) {
      round(ranks, k, widths, found);
    }
    return found;
  }

  private void round(
      Map<String, List<Integer>> ranks,
      int k,
      Set<Integer> widths,
      Map<String, Map<Integer, Split>> found) {
    GraphEditor editor = new GraphEditor(scope.model());
    Map<String, Site> cut = new LinkedHashMap<>();
    for (Site site : scope.sites()) {
      List<Integer> own = ranks.getOrDefault(site.name(), List.of());
      if (k < own.size()) {
        FactoredForm.write(editor, site, placeholder(site, own.get(k)));
        cut.put(site.output(), site);
      }
    }
    PassScope split = scope.with(editor.build(), List.of());
    Map<String, Site> byOutput = new LinkedHashMap<>();
    SiteFinder.scan(split.model()).sites().forEach(s -> byOutput.put(s.output(), s));
    Map<Site, Item.Halves> pairs = new LinkedHashMap<>();
    List<Site> all = new ArrayList<>();
    cut.forEach(
        (output, site) -> {
          Site u = byOutput.get(output);
          Site v = u == null ? null : byOutput.get(u.input());
          if (u != null && v != null) {
            pairs.put(site, new Item.Halves(v, u));
            all.addAll(List.of(v, u));
          }
        });
    PassScope both = split.with(split.model(), all);
    Map<Integer, Map<String, EncodingChoice>> at = new LinkedHashMap<>();
    widths.forEach(bits -> at.put(bits, byName(halves.apply(both, bits))));
    if (widths.isEmpty()) {
      at.put(PrecisionOptions.FLOAT, Map.of());
    }
    Map<String, ConvProbe.Times> timed = ConvTimes.of(both, all);
    pairs.forEach(
        (site, pair) ->
            found
                .computeIfAbsent(site.name(), n -> new LinkedHashMap<>())
                .put(
                    Objects.requireNonNull(ranks.get(site.name())).get(k),
                    new Split(pair, at, timed, floatMillis(site))));
  }

  private static Factors placeholder(Site site, int rank) {
    return new Factors(
        site.out(),
        site.in(),
        rank,
        new float[site.out() * rank],
        new float[rank * site.in()],
        new double[rank]);
  }

  private static Map<String, EncodingChoice> byName(Assignment assignment) {
    Map<String, EncodingChoice> map = new LinkedHashMap<>();
    assignment.assigned().forEach(a -> map.put(a.site().name(), a.choice()));
    return map;
  }
}
