package io.compressor.pass.quantize;

import io.compressor.encoding.Preference;
import io.compressor.ir.Model;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.Prepared;
import io.compressor.pass.weights.BadSites;
import io.compressor.pass.weights.Plans;
import io.compressor.pass.weights.WholeModel;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsRequest;
import java.util.List;

/**
 * Quantizes weights, and activations where that makes a kernel faster.
 *
 * @param preference what decides between written forms
 * @param hasData whether statistics can be had
 * @param bad what becomes of sites whose inputs were never finite
 */
public record QuantizePass(
    QuantizeOptions options, Preference preference, boolean hasData, BadSites bad) implements Pass {
  @Override
  public String id() {
    return "quantize";
  }

  @Override
  public Prepared prepare(Model model) {
    return whole().prepare(model);
  }

  @Override
  public StatisticsRequest needs(PassScope scope) {
    return whole().needs(scope);
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    WholeModel.Solved solved = whole().solve(scope, statistics);
    return whole().write(scope, solved, statistics, WholeModel.biases(scope, solved), List.of());
  }

  @Override
  public PassPlan plan(PassScope scope) {
    List<Integer> widths = options.widths();
    int widest = widths.get(widths.size() - 1);
    return Plans.whole(whole(), scope, whole().assignment(scope, widest));
  }

  private WholeModel whole() {
    return new WholeModel(id(), options, preference, hasData, bad, 0);
  }
}
