package io.compressor.evaluate;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;

/** Applies rules to evidence. */
record Judge(Evidence evidence) {
  RuleResult judge(GateRule rule) {
    if (rule instanceof GateRule.MaxDrop r) {
      return drop(r);
    }
    if (rule instanceof GateRule.MetricLimit r) {
      return limit(r);
    }
    if (rule instanceof GateRule.MaxSize r) {
      return size(r);
    }
    return latency((GateRule.MaxLatency) rule);
  }

  private RuleResult drop(GateRule.MaxDrop rule) {
    PairedResult result = evidence.quality().get(rule.metric().id());
    if (!result.valid() && rule.reference() == GateRule.Reference.BASE_MODEL) {
      return broken(rule, rule.limit(), result.note());
    }
    if (Double.isNaN(result.candidate().value())) {
      return broken(rule, rule.limit(), result.note());
    }
    Estimate drop =
        rule.reference() == GateRule.Reference.BASE_MODEL ? result.drop() : fromBaseline(result);
    Judgement judged = Judgement.of(drop, rule.limit(), rule.confidence());
    String found =
        "%s %s, drop %s"
            .formatted(
                result.metric().id(),
                Figures.number(result.candidate().value()),
                Figures.drop(result.metric(), drop.value()));
    return result(rule, rule.limit(), judged.value(), judged.verdict(), found, judged.note());
  }

  private Estimate fromBaseline(PairedResult result) {
    Metric metric = result.metric();
    double earlier = baseline().value(metric.id());
    double sign = metric.direction() == Direction.HIGHER_IS_BETTER ? -1 : 1;
    double unit = metric.dropScale() == DropScale.ABSOLUTE || earlier == 0 ? 1 : Math.abs(earlier);
    return Estimate.linear(sign / unit, result.candidate(), -sign * earlier / unit);
  }

  private Baseline baseline() {
    return evidence
        .baseline()
        .orElseThrow(
            () ->
                new CompressorException(
                    ErrorCode.USAGE,
                    "gate",
                    "a rule refers to a baseline, and none is given",
                    "give --baseline FILE"));
  }

  private RuleResult limit(GateRule.MetricLimit rule) {
    PairedResult result = evidence.quality().get(rule.metric().id());
    Estimate value = result.candidate();
    if (Double.isNaN(value.value())) {
      return broken(rule, rule.limit(), result.note());
    }
    double sign = rule.metric().direction() == Direction.HIGHER_IS_BETTER ? -1 : 1;
    Judgement judged =
        Judgement.of(Estimate.linear(sign, value, 0), sign * rule.limit(), rule.confidence());
    String found = rule.metric().id() + " " + Figures.number(value.value());
    return result(
        rule, rule.limit(), sign * judged.value(), judged.verdict(), found, judged.note());
  }

  private RuleResult size(GateRule.MaxSize rule) {
    Evidence.Sizes sizes = evidence.sizes();
    double value = sizes.candidate();
    if (rule.unit() == GateRule.Unit.SHARE_OF_BASE) {
      value /= sizes.base();
    }
    String found =
        "%s of %s bytes, %s"
            .formatted(
                Figures.count(sizes.candidate()),
                Figures.count(sizes.base()),
                Figures.percent((double) sizes.candidate() / sizes.base()));
    return plain(rule, rule.limit(), value, found);
  }

  private RuleResult latency(GateRule.MaxLatency rule) {
    Evidence.Timing timing =
        evidence
            .timing()
            .orElseThrow(
                () ->
                    new CompressorException(
                        ErrorCode.USAGE,
                        "gate",
                        "a rule limits latency, and none was measured",
                        "measure both models first"));
    double value = timing.candidateMs();
    if (rule.unit() == GateRule.Unit.SHARE_OF_BASE) {
      value /= timing.baseMs();
    }
    String found =
        "%s ms against %s ms"
            .formatted(Figures.number(timing.candidateMs()), Figures.number(timing.baseMs()));
    return plain(rule, rule.limit(), value, found);
  }

  private static RuleResult plain(GateRule rule, double limit, double value, String found) {
    return result(rule, limit, value, value <= limit ? Verdict.PASSED : Verdict.FAILED, found, "");
  }

  private static RuleResult broken(GateRule rule, double limit, String why) {
    return new RuleResult(rule, limit, Double.NaN, Verdict.FAILED, why.strip());
  }

  private static RuleResult result(
      GateRule rule, double limit, double value, Verdict verdict, String found, String more) {
    return new RuleResult(
        rule, limit, value, verdict, more.isEmpty() ? found : found + "; " + more);
  }
}
