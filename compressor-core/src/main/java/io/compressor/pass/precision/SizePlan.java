package io.compressor.pass.precision;

import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.graph.Site;
import io.compressor.graph.Skipped;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.PlannedSite;
import io.compressor.pass.weights.Plans;
import io.compressor.pass.weights.WholeModel;
import io.compressor.recipe.Limit;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.solver.allocate.KnapsackTable;
import io.compressor.solver.allocate.Option;
import io.compressor.solver.allocate.OptionCurve;
import io.compressor.solver.allocate.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What a budget of bytes will come to, before a weight is read: widths by a rule of thumb. Which
 * sites get which width is decided by their sensitivities later; the sum of bytes is not.
 */
record SizePlan(IntFunction<WholeModel> whole, PrecisionOptions options) {
  PassPlan of(PassScope scope, Limit size) {
    List<Map<String, PlannedSite>> levels = new ArrayList<>();
    Map<String, Skipped> skipped = new LinkedHashMap<>();
    for (int bits : options.widths()) {
      PassPlan plan =
          Plans.of(whole.apply(bits).assignment(scope, bits), options.at(bits), scope.hasData());
      Map<String, PlannedSite> byName = new LinkedHashMap<>();
      plan.sites().forEach(s -> byName.put(s.site().name(), s));
      plan.skipped().forEach(s -> skipped.putIfAbsent(s.name(), s));
      levels.add(byName);
    }
    List<Site> sites =
        scope.sites().stream()
            .filter(s -> levels.stream().anyMatch(l -> l.containsKey(s.name())))
            .toList();
    long[][] bytes = new long[sites.size()][levels.size() + 1];
    double[] parameters = new double[sites.size()];
    double weights = 0;
    for (int i = 0; i < bytes.length; i++) {
      Site site = sites.get(i);
      skipped.remove(site.name());
      parameters[i] = (double) site.parameters();
      bytes[i][0] = site.weight().byteCount();
      weights += bytes[i][0];
      for (int l = 1; l < bytes[i].length; l++) {
        PlannedSite planned = levels.get(l - 1).get(site.name());
        bytes[i][l] = planned == null ? 0 : planned.bytesAfter();
      }
    }
    double original = (double) OnnxWriter.size(scope.original());
    double room = size.of(original) - (original - weights);
    List<Integer> bits = new ArrayList<>(List.of(PrecisionOptions.FLOAT));
    bits.addAll(options.widths());
    int[] chosen = guess(parameters, bytes, room, bits);
    List<PlannedSite> planned = new ArrayList<>();
    for (int i = 0; i < chosen.length; i++) {
      PlannedSite one = chosen[i] == 0 ? null : levels.get(chosen[i] - 1).get(sites.get(i).name());
      if (one == null) {
        skipped.put(
            sites.get(i).name(),
            new Skipped(sites.get(i).name(), "the budget has room for it in float"));
      } else {
        planned.add(one);
      }
    }
    return new PassPlan(planned, List.copyOf(skipped.values()));
  }

  /** Widths by a rule of thumb, before anything is measured: each bit quarters a weight's error. */
  private static int[] guess(double[] parameters, long[][] bytes, double most, List<Integer> bits) {
    List<OptionCurve> curves = new ArrayList<>();
    for (int i = 0; i < parameters.length; i++) {
      List<Option> options = new ArrayList<>();
      for (int l = 0; l < bytes[i].length; l++) {
        boolean may = l == 0 || bytes[i][l] > 0;
        double error = l == 0 ? 0 : parameters[i] * Math.pow(4, -bits.get(l));
        options.add(new Option(may ? error : Double.POSITIVE_INFINITY, bytes[i][l], 0));
      }
      curves.add(new OptionCurve("site" + i, options));
    }
    return KnapsackTable.of(curves, Resource.BYTES, Math.max(0, most), KnapsackTable.BUCKETS)
        .within(most)
        .map(a -> a.chosen().stream().mapToInt(Integer::intValue).toArray())
        .orElseGet(() -> Arrays.stream(bytes).mapToInt(SizePlan::smallest).toArray());
  }

  private static int smallest(long[] bytes) {
    int best = 0;
    for (int l = 1; l < bytes.length; l++) {
      best = bytes[l] > 0 && bytes[l] < bytes[best] ? l : best;
    }
    return best;
  }
}
