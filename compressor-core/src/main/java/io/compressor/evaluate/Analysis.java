package io.compressor.evaluate;

import java.util.OptionalDouble;

/** From tables of samples to values with intervals. */
record Analysis(EvaluationOptions options) {

  MetricResult single(ScoredMetric metric, SampleTable table) {
    String note = note("model", metric, table);
    Estimate estimate = note.isEmpty() ? estimate(metric, table) : undefined(table);
    return new MetricResult(metric, estimate, note, table.column(0));
  }

  /** Both models against the truth. */
  PairedResult paired(
      ScoredMetric metric, SampleTable base, SampleTable candidate, boolean identical) {
    String note = note("base", metric, base) + note("candidate", metric, candidate);
    if (!note.isEmpty()) {
      return new PairedResult(
          metric,
          sound(metric, base) ? estimate(metric, base) : undefined(base),
          sound(metric, candidate) ? estimate(metric, candidate) : undefined(candidate),
          undefined(candidate),
          OptionalDouble.empty(),
          note);
    }
    if (identical) {
      Estimate same = estimate(metric, base);
      return new PairedResult(
          metric, same, same, Estimate.exact(0, base.rows()), OptionalDouble.of(1), "");
    }
    return metric.proportion()
        ? pairedProportions(metric, base, candidate)
        : resampled(metric, base, candidate);
  }

  /** The candidate against the base itself. */
  PairedResult against(ScoredMetric.OfComparison metric, SampleTable candidate, boolean identical) {
    Estimate ideal = Estimate.exact(metric.ideal(), candidate.rows());
    String note = note("candidate or base", metric, candidate);
    if (!note.isEmpty()) {
      Estimate undefined = undefined(candidate);
      return new PairedResult(metric, ideal, undefined, undefined, OptionalDouble.empty(), note);
    }
    Estimate value = identical ? ideal : estimate(metric, candidate);
    Estimate drop =
        identical
            ? Estimate.exact(0, candidate.rows())
            : metric.direction() == Direction.HIGHER_IS_BETTER
                ? Estimate.linear(-1, value, metric.ideal())
                : value;
    return new PairedResult(metric, ideal, value, drop, OptionalDouble.empty(), "");
  }

  private static PairedResult pairedProportions(
      ScoredMetric metric, SampleTable base, SampleTable candidate) {
    int lost = 0;
    int won = 0;
    for (int i = 0; i < base.rows(); i++) {
      double gain = candidate.column(0)[i] - base.column(0)[i];
      lost += gain < 0 ? 1 : 0;
      won += gain > 0 ? 1 : 0;
    }
    return new PairedResult(
        metric,
        share(base),
        share(candidate),
        new PairedProportions(lost, won, base.rows()),
        OptionalDouble.of(McNemar.midP(lost, won)),
        "");
  }

  private PairedResult resampled(ScoredMetric metric, SampleTable base, SampleTable candidate) {
    Statistic ofBase = metric.statistic(base);
    Statistic ofCandidate = metric.statistic(candidate);
    Statistic drop = counts -> metric.drop(ofBase.at(counts), ofCandidate.at(counts));
    Bootstrap[] all =
        Bootstrap.of(
            new Statistic[] {ofBase, ofCandidate, drop},
            base.rows(),
            options.resamples(),
            options.seed());
    return new PairedResult(
        metric, all[0], all[1], all[2], OptionalDouble.of(all[2].pValueOfZero()), "");
  }

  private Estimate estimate(ScoredMetric metric, SampleTable table) {
    if (metric.proportion() && isBinary(table)) {
      return share(table);
    }
    return Bootstrap.of(
        new Statistic[] {metric.statistic(table)},
        table.rows(),
        options.resamples(),
        options.seed())[0];
  }

  private static Estimate share(SampleTable table) {
    double yes = 0;
    for (double v : table.column(0)) {
      yes += v;
    }
    return new Proportion(yes, table.rows());
  }

  /** Yes or no in every row, one decision each. */
  private static boolean isBinary(SampleTable table) {
    for (int i = 0; i < table.rows(); i++) {
      double v = table.column(0)[i];
      if ((v != 0 && v != 1) || (table.columns().length > 1 && table.column(1)[i] != 1)) {
        return false;
      }
    }
    return true;
  }

  private static boolean sound(ScoredMetric metric, SampleTable table) {
    return note("", metric, table).isEmpty();
  }

  private static String note(String who, ScoredMetric metric, SampleTable table) {
    int broken = table.brokenRows();
    if (broken > 0) {
      return "%s: output is not a number in %d of %d rows, first in row %d. "
          .formatted(who, broken, table.rows(), table.firstBroken());
    }
    if (Double.isNaN(metric.statistic(table).plain(table.rows()))) {
      return "%s: %s is not defined on these samples. ".formatted(who, metric.id());
    }
    return "";
  }

  private static Estimate undefined(SampleTable table) {
    return Estimate.exact(Double.NaN, table.rows());
  }
}
