package io.compressor.pass.joint;

import io.compressor.pass.PassScope;
import io.compressor.pass.weights.budget.Spending;
import io.compressor.recipe.Budget;
import io.compressor.solver.allocate.OptionCurve;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Measures each site again among the others as a configuration treats them, and spends the budget
 * anew on what moving it adds or takes; kept where the loss of the written model falls. Errors of
 * sites add up well only while they are small.
 */
record Refinement(PassScope scope, Stock stock, Survey survey, Writer writer, Budget budget) {
  /**
   * What came of it.
   *
   * @param loss of the configuration as written
   * @param rounds that were kept
   */
  record Result(int[] chosen, double loss, int rounds, int tried) {}

  Result run(int[] first, int rounds) {
    int[] best = first;
    double loss = survey.written(first);
    int kept = 0;
    int tried = 1;
    for (int round = 0; round < rounds; round++) {
      scope.progress().checkCancelled();
      List<OptionCurve> curves = survey.around(best);
      Optional<int[]> next =
          new Spending("joint", curves, budget, scope, c -> writer.model(stock.chosen(c))).spend();
      if (next.isEmpty() || Arrays.equals(next.get(), best)) {
        break;
      }
      double now = survey.written(next.get());
      tried++;
      if (!(now < loss)) {
        break;
      }
      best = next.get();
      loss = now;
      kept++;
    }
    return new Result(best, loss, kept, tried);
  }
}
