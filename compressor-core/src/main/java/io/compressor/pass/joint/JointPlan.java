package io.compressor.pass.joint;

import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.graph.Site;
import io.compressor.graph.Skipped;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.PlannedSite;
import io.compressor.pass.weights.Assignment;
import io.compressor.recipe.Limit;
import io.compressor.recipe.Treatment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a joint search will come to, before a weight is read: with rules what they store, with a
 * budget of bytes its bytes, shared out by size. Which weight becomes what is found out later; the
 * sum of bytes is not.
 */
record JointPlan(JointPass pass, PassScope scope) {
  PassPlan plan() {
    return pass.options().rules().isEmpty() ? searched() : ruled();
  }

  private PassPlan ruled() {
    Map<Integer, Map<String, Assignment.Assigned>> forms = forms();
    Map<String, Treatment> rules = new LinkedHashMap<>();
    pass.options().rules().forEach(r -> rules.put(r.site(), r.treatment()));
    List<PlannedSite> planned = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>();
    for (Site site : scope.sites()) {
      Treatment t = rules.getOrDefault(site.name(), Treatment.NONE);
      if (t.isNone()) {
        skipped.add(new Skipped(site.name(), "no rule names it"));
      } else {
        planned.add(planned(site, t, forms.getOrDefault(t.bits(), Map.of()).get(site.name())));
      }
    }
    return new PassPlan(planned, skipped);
  }

  private static PlannedSite planned(
      Site site, Treatment t, Assignment.@org.jspecify.annotations.Nullable Assigned form) {
    long plain = form == null ? site.weight().byteCount() * t.bits() / 32 : form.choice().bytes();
    double bytes =
        t.rank() > 0
            ? (double) t.rank() * (site.out() + site.in()) * (t.isFloat() ? 32 : t.bits()) / 8
            : t.zeros() > 0
                ? plain - site.parameters() * (t.bits() * t.zeros() - 1) / 8
                : (double) plain;
    return site(
        site, t.toString(), form == null ? "factored" : form.choice().encoding().id(), bytes);
  }

  private PassPlan searched() {
    Map<Integer, Map<String, Assignment.Assigned>> forms = forms();
    List<Site> sites =
        scope.sites().stream()
            .filter(s -> forms.values().stream().anyMatch(m -> m.containsKey(s.name())))
            .toList();
    double original = (double) OnnxWriter.size(scope.original());
    double weights = sites.stream().mapToDouble(s -> (double) s.weight().byteCount()).sum();
    double room =
        pass.budget().size().map((Limit l) -> l.of(original)).orElse(original)
            - (original - weights);
    double least =
        sites.stream()
            .mapToDouble(
                s ->
                    forms.values().stream()
                        .map(m -> m.get(s.name()))
                        .filter(java.util.Objects::nonNull)
                        .mapToDouble(a -> (double) a.choice().bytes())
                        .min()
                        .orElse(0))
            .sum();
    double share = Math.min(1, Math.max(room, 0.25 * least) / weights);
    List<Skipped> skipped = new ArrayList<>();
    scope.sites().stream()
        .filter(s -> !sites.contains(s))
        .forEach(s -> skipped.add(new Skipped(s.name(), "no treatment fits it")));
    return new PassPlan(
        sites.stream()
            .map(s -> site(s, "found by search", "by search", share * s.weight().byteCount()))
            .toList(),
        skipped);
  }

  private Map<Integer, Map<String, Assignment.Assigned>> forms() {
    Map<Integer, Map<String, Assignment.Assigned>> forms = new LinkedHashMap<>();
    for (int bits : pass.widths()) {
      Map<String, Assignment.Assigned> byName = new LinkedHashMap<>();
      pass.whole(bits)
          .assignment(scope, bits)
          .assigned()
          .forEach(a -> byName.put(a.site().name(), a));
      forms.put(bits, byName);
    }
    return forms;
  }

  private static PlannedSite site(Site site, String choice, String encoding, double bytes) {
    return new PlannedSite(
        site,
        choice,
        encoding,
        site.node().opType(),
        Math.round(bytes),
        // the weight, its factors and the decomposition's own copies, in fp64
        48 * site.parameters() + 24L * site.in() * site.in(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        "");
  }
}
