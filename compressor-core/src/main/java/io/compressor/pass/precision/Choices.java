package io.compressor.pass.precision;

import io.compressor.graph.Site;
import io.compressor.graph.Skipped;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.solver.allocate.Option;
import io.compressor.solver.allocate.OptionCurve;
import io.compressor.solver.mixed.PairModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What each site may become: solved at every width.
 *
 * @param sites in the order of the graph
 * @param bits of each level; level 0 is left in float
 * @param solved [site][level], empty where a site cannot take a level
 * @param bytes [site][level] of the weight as stored
 * @param millis [site][level] of one run; 0 where nothing was measured
 * @param assigned what each site takes by level, for the writer
 * @param skipped sites that can take no level
 */
record Choices(
    List<Site> sites,
    List<Integer> bits,
    List<List<Optional<SolvedSite>>> solved,
    long[][] bytes,
    double[][] millis,
    List<Map<String, Assignment.Assigned>> assigned,
    List<Skipped> skipped) {

  /**
   * @param perLevel assignment and solution of each width, widest first
   * @param times of sites whose forms the planner does not time, by site
   */
  static Choices of(
      List<Site> all,
      PrecisionOptions options,
      List<Assignment> assignments,
      List<List<SolvedSite>> perLevel,
      Map<String, io.compressor.encoding.ConvProbe.Times> times) {
    List<Map<String, SolvedSite>> byName = new ArrayList<>();
    for (List<SolvedSite> level : perLevel) {
      Map<String, SolvedSite> map = new LinkedHashMap<>();
      level.forEach(s -> map.put(s.task().site().name(), s));
      byName.add(map);
    }
    List<Map<String, Assignment.Assigned>> assigned = new ArrayList<>();
    for (Assignment a : assignments) {
      Map<String, Assignment.Assigned> map = new LinkedHashMap<>();
      a.assigned().forEach(one -> map.put(one.site().name(), one));
      assigned.add(map);
    }
    List<Site> sites =
        all.stream().filter(s -> byName.stream().anyMatch(m -> m.containsKey(s.name()))).toList();
    int levels = perLevel.size() + 1;
    long[][] bytes = new long[sites.size()][levels];
    double[][] millis = new double[sites.size()][levels];
    List<List<Optional<SolvedSite>>> solved = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      Site site = sites.get(i);
      Optional<io.compressor.encoding.ConvProbe.Times> conv =
          Optional.ofNullable(times.get(site.name()));
      bytes[i][0] = site.weight().byteCount();
      List<Optional<SolvedSite>> row = new ArrayList<>();
      row.add(Optional.empty());
      for (int l = 1; l < levels; l++) {
        Optional<SolvedSite> one = Optional.ofNullable(byName.get(l - 1).get(site.name()));
        row.add(one);
        bytes[i][l] = one.map(s -> s.task().choice().bytes()).orElse(bytes[i][l - 1]);
        millis[i][l] =
            conv.map(io.compressor.encoding.ConvProbe.Times::int8Ms)
                .or(() -> one.flatMap(Choices::predicted))
                .orElse(millis[i][l - 1]);
        if (l == 1 || millis[i][0] == 0) {
          millis[i][0] =
              conv.map(io.compressor.encoding.ConvProbe.Times::floatMs)
                  .or(() -> one.flatMap(Choices::before))
                  .orElse(millis[i][l]);
        }
      }
      solved.add(row);
    }
    Set<String> kept = new java.util.HashSet<>();
    sites.forEach(s -> kept.add(s.name()));
    Map<String, Skipped> skipped = new LinkedHashMap<>();
    assignments.forEach(
        a ->
            a.skipped().stream()
                .filter(s -> !kept.contains(s.name()))
                .forEach(s -> skipped.putIfAbsent(s.name(), s)));
    List<Integer> bits = new ArrayList<>(List.of(PrecisionOptions.FLOAT));
    bits.addAll(options.widths());
    return new Choices(sites, bits, solved, bytes, millis, assigned, List.copyOf(skipped.values()));
  }

  private static Optional<Double> predicted(SolvedSite s) {
    var ms = s.task().choice().predictedMs();
    return ms.isPresent() ? Optional.of(ms.getAsDouble()) : Optional.empty();
  }

  private static Optional<Double> before(SolvedSite s) {
    var ms = s.task().choice().floatMs();
    return ms.isPresent() ? Optional.of(ms.getAsDouble()) : Optional.empty();
  }

  int levels() {
    return bits.size();
  }

  boolean may(int site, int level) {
    return level == 0 || solved.get(site).get(level).isPresent();
  }

  /** Which levels each site may take, as the arithmetic wants it. */
  boolean[][] all() {
    boolean[][] may = new boolean[sites.size()][levels()];
    for (int i = 0; i < may.length; i++) {
      for (int l = 0; l < levels(); l++) {
        may[i][l] = may(i, l);
      }
    }
    return may;
  }

  /** Solved sites of a configuration, in the order of the graph. */
  List<SolvedSite> at(int[] levels) {
    List<SolvedSite> chosen = new ArrayList<>();
    for (int i = 0; i < levels.length; i++) {
      solved.get(i).get(levels[i]).ifPresent(chosen::add);
    }
    return chosen;
  }

  /** The forms of a configuration. */
  Assignment assignment(int[] levels, List<Skipped> left) {
    List<Assignment.Assigned> forms = new ArrayList<>();
    for (int i = 0; i < levels.length; i++) {
      if (levels[i] > 0) {
        Assignment.Assigned form = assigned.get(levels[i] - 1).get(sites.get(i).name());
        if (form != null) {
          forms.add(form);
        }
      }
    }
    return new Assignment(forms, left);
  }

  /** What the allocator chooses among: augmented sensitivities. */
  List<OptionCurve> curves(PairModel model) {
    List<OptionCurve> curves = new ArrayList<>();
    for (int i = 0; i < sites.size(); i++) {
      List<Option> options = new ArrayList<>();
      for (int l = 0; l < levels(); l++) {
        double error =
            l == 0 ? 0 : may(i, l) ? model.augmented(i, l, 1, false) : Double.POSITIVE_INFINITY;
        options.add(new Option(error, bytes[i][l], millis[i][l]));
      }
      curves.add(new OptionCurve(sites.get(i).name(), options));
    }
    return curves;
  }

  /** What going to a level from the one before it saves; bytes or milliseconds. */
  double saved(int site, int level, PrecisionOptions.Objective objective) {
    return objective == PrecisionOptions.Objective.SIZE
        ? (double) (bytes[site][level - 1] - bytes[site][level])
        : millis[site][level - 1] - millis[site][level];
  }
}
