package io.compressor.report;

import io.compressor.evaluate.Comparison;
import io.compressor.evaluate.Direction;
import io.compressor.evaluate.DropScale;
import io.compressor.evaluate.GateResult;
import io.compressor.evaluate.PairedResult;
import io.compressor.evaluate.RuleResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What evaluation found, as facts of a report. */
public final class Measured {
  private Measured() {}

  public static List<Report.Quality> quality(Comparison comparison) {
    return comparison.results().stream().map(Measured::quality).toList();
  }

  private static Report.Quality quality(PairedResult r) {
    @Nullable Double p = r.pValue().isPresent() ? (Double) r.pValue().getAsDouble() : null;
    return new Report.Quality(
        r.metric().id(),
        r.n(),
        r.base().value(),
        r.candidate().value(),
        r.drop().value(),
        r.drop().low95(),
        r.drop().high95(),
        r.metric().dropScale() == DropScale.ABSOLUTE
            ? Report.Scale.ABSOLUTE
            : Report.Scale.RELATIVE,
        r.metric().direction() == Direction.HIGHER_IS_BETTER,
        r.metric().againstBase(),
        p,
        r.note().strip());
  }

  public static Report.Gate gate(GateResult result) {
    return new Report.Gate(result.passed(), result.rules().stream().map(Measured::rule).toList());
  }

  private static Report.Rule rule(RuleResult r) {
    return new Report.Rule(
        r.rule().text(),
        r.limit(),
        r.value(),
        r.passed(),
        Report.Verdict.valueOf(r.verdict().name()),
        r.note());
  }
}
