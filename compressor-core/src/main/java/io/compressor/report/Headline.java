package io.compressor.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The report in one word and one sentence. */
record Headline(Tone tone, String verdict, String sentence) {
  /** How it feels. */
  enum Tone {
    GOOD,
    BAD,
    DOUBTFUL,
    NEUTRAL;

    String css() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Headline of(Report report) {
    Report.Gate gate = report.gate();
    String sentence = sentence(report);
    if (gate == null || gate.rules().isEmpty()) {
      return new Headline(Tone.NEUTRAL, "NO GATE", sentence);
    }
    if (gate.passed()) {
      return new Headline(Tone.GOOD, "PASSED", sentence);
    }
    boolean failed = gate.rules().stream().anyMatch(r -> r.verdict() == Report.Verdict.FAILED);
    return failed
        ? new Headline(Tone.BAD, "FAILED", sentence)
        : new Headline(Tone.DOUBTFUL, "UNDECIDED", sentence);
  }

  private static String sentence(Report report) {
    List<String> parts = new ArrayList<>();
    Report.Output output = report.output();
    if (output != null) {
      parts.add(size(report.model().bytes(), output.bytes()));
    }
    Report.Latency latency = report.latency();
    if (latency != null) {
      parts.add(speed(latency));
    }
    for (Report.Quality q : report.quality().subList(0, Math.min(1, report.quality().size()))) {
      parts.add(quality(q));
    }
    return parts.isEmpty() ? "Nothing was measured." : String.join(", ", parts) + ".";
  }

  private static String size(long before, long after) {
    double share = before == 0 ? 1 : (double) after / before;
    return "%s → %s (%s of the size)"
        .formatted(Wording.bytes(before), Wording.bytes(after), Wording.percent(share));
  }

  static String speed(Report.Latency latency) {
    double ratio = latency.ratio();
    if (ratio > 0.97 && ratio < 1.03) {
      return "as fast as before";
    }
    return ratio > 1 ? Wording.factor(ratio) + " faster" : Wording.factor(1 / ratio) + " slower";
  }

  static String quality(Report.Quality q) {
    if (Double.isNaN(q.compressed())) {
      return q.metric() + " could not be computed";
    }
    if (q.againstBase()) {
      return "%s %s to the base model (95%% interval %s, n = %s)"
          .formatted(
              q.metric(), Wording.value(q.compressed()), Wording.interval(q), Wording.count(q.n()));
    }
    return "%s %s → %s (%s, 95%% interval %s, n = %s)"
        .formatted(
            q.metric(),
            Wording.value(q.base()),
            Wording.value(q.compressed()),
            Wording.change(q, q.drop()),
            Wording.interval(q),
            Wording.count(q.n()));
  }
}
