package io.compressor.samples;

import io.compressor.report.Report;
import java.io.PrintStream;
import java.util.Locale;

/** What a report says about quality, size, speed and kernels, in lines of text. */
final class Findings {
  private Findings() {}

  static void print(Report report, PrintStream out) {
    for (Report.Quality q : report.quality()) {
      line(
          out,
          "%s: %.4f before, %.4f after, drop %.4f (95%%: %.4f to %.4f), n = %d",
          q.metric(),
          q.base(),
          q.compressed(),
          q.drop(),
          q.dropLow(),
          q.dropHigh(),
          q.n());
    }
    Report.Output output = report.output();
    if (output != null) {
      long before = report.model().bytes();
      line(
          out,
          "size: %d bytes before, %d after (%.1f%%)",
          before,
          output.bytes(),
          100.0 * output.bytes() / before);
    }
    Report.Latency latency = report.latency();
    if (latency != null) {
      line(
          out,
          "latency: %.3f ms before, %.3f ms after (%.2f times as fast), batch %d",
          latency.baseMs(),
          latency.compressedMs(),
          latency.ratio(),
          latency.batch());
    }
    for (Report.Site site : report.sites()) {
      line(out, "%s: %s, kernel %s", site.name(), site.encoding(), site.kernel());
    }
    report.skipped().forEach(s -> line(out, "%s: left alone, %s", s.name(), s.reason()));
  }

  private static void line(PrintStream out, String format, Object... values) {
    out.printf(Locale.ROOT, format + "%n", values);
  }
}
