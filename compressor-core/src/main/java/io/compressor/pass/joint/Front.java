package io.compressor.pass.joint;

import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.ir.Model;
import io.compressor.pass.PassScope;
import io.compressor.pass.SearchTrace;
import io.compressor.recipe.Budget;
import io.compressor.solver.allocate.Allocation;
import io.compressor.solver.allocate.KnapsackTable;
import io.compressor.solver.allocate.OptionCurve;
import io.compressor.solver.allocate.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What each size (or, where only time is limited, each time) costs: the knapsack's answers for a
 * number of budgets, written and measured, each with its recipe.
 */
record Front(PassScope scope, Stock stock, Survey survey, Writer writer, PointRecipe recipe) {
  /**
   * @param points at most, smallest first
   */
  List<SearchTrace.FrontPoint> of(List<OptionCurve> curves, Budget budget, int points) {
    if (points == 0) {
      return List.of();
    }
    boolean timed = budget.size().isEmpty() && budget.latency().isPresent();
    Resource resource = timed ? Resource.MILLIS : Resource.BYTES;
    double most = total(curves, resource, true);
    double least = total(curves, resource, false);
    if (!(least > 0) || !(most > least)) {
      return List.of();
    }
    KnapsackTable table = KnapsackTable.of(curves, resource, most, KnapsackTable.BUCKETS);
    List<SearchTrace.FrontPoint> front = new ArrayList<>();
    int[] before = new int[0];
    scope.progress().begin("front", points);
    for (int i = 0; i < points; i++) {
      scope.progress().checkCancelled();
      double share = points == 1 ? 0 : (double) i / points;
      double limit = least * Math.pow(most / least, share);
      int[] chosen = table.within(Math.max(limit, least)).map(Front::places).orElse(before);
      if (chosen.length > 0 && !Arrays.equals(chosen, before)) {
        front.add(point(curves, chosen));
      }
      before = chosen;
      scope.progress().advance(1);
    }
    return front;
  }

  private SearchTrace.FrontPoint point(List<OptionCurve> curves, int[] chosen) {
    Model model = writer.model(stock.chosen(chosen));
    Allocation sum = Allocation.of(curves, chosen);
    return new SearchTrace.FrontPoint(
        OnnxWriter.size(model),
        sum.millis(),
        sum.error(),
        survey.written(model),
        recipe.of(stock.chosen(chosen)));
  }

  private static int[] places(Allocation a) {
    return a.chosen().stream().mapToInt(Integer::intValue).toArray();
  }

  private static double total(List<OptionCurve> curves, Resource resource, boolean untouched) {
    return curves.stream()
        .mapToDouble(
            c ->
                untouched
                    ? resource.of(c.options().get(0))
                    : c.options().stream().mapToDouble(resource::of).min().orElse(0))
        .sum();
  }
}
