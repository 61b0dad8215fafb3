package io.compressor.report;

import org.jspecify.annotations.Nullable;

/** Size, speed, quality and memory at a glance. */
record Cards(Html html, Report report) {
  void write() {
    html.open("section", "class", "cards", "aria-label", "Summary");
    Report.Output output = report.output();
    if (output != null) {
      size(report.model(), output);
    }
    if (report.latency() != null) {
      speed(report.latency());
    }
    if (!report.quality().isEmpty()) {
      quality(report.quality().get(0));
    }
    if (report.memory() != null) {
      memory(report.memory());
    }
    html.close();
  }

  private void size(Report.Model model, Report.Output output) {
    double share = model.bytes() == 0 ? 1 : (double) output.bytes() / model.bytes();
    open("Size", Wording.percent(share));
    line("%s → %s".formatted(Wording.bytes(model.bytes()), Wording.bytes(output.bytes())));
    new Bars(html)
        .beforeAfter(
            model.bytes(),
            output.bytes(),
            Math.max(model.bytes(), output.bytes()),
            "size before and after");
    line(
        "%s bits per weight · runs on ONNX Runtime %s and later"
            .formatted(Wording.significant(output.bitsPerWeight()), output.minOrtVersion()));
    html.close();
  }

  private void speed(Report.Latency latency) {
    open("Speed", Headline.speed(latency));
    line(
        "%s → %s"
            .formatted(Wording.millis(latency.baseMs()), Wording.millis(latency.compressedMs())));
    new Bars(html)
        .beforeAfter(
            latency.baseMs(),
            latency.compressedMs(),
            Math.max(latency.baseMs(), latency.compressedMs()),
            "latency before and after");
    line("batch %d · %s".formatted(latency.batch(), latency.shape()));
    html.close();
  }

  private void quality(Report.Quality q) {
    open("Quality", q.metric() + " " + Wording.value(q.compressed()));
    line(
        q.againstBase()
            ? "to the base model, n = " + Wording.count(q.n())
            : "from %s, %s".formatted(Wording.value(q.base()), Wording.change(q, q.drop())));
    QualitySection.interval(html, q);
    line("95% interval " + Wording.interval(q));
    html.close();
  }

  private void memory(Report.Memory memory) {
    open("Memory", Wording.bytes(memory.peakRssBytes()));
    line("peak resident" + from(memory.basePeakRssBytes()));
    if (memory.basePeakRssBytes() != null) {
      long base = memory.basePeakRssBytes();
      new Bars(html)
          .beforeAfter(
              base,
              memory.peakRssBytes(),
              Math.max(base, memory.peakRssBytes()),
              "memory before and after");
    }
    Double load = memory.baseLoadMs();
    line(
        "loads in "
            + Wording.millis(memory.loadMs())
            + (load == null ? "" : ", from " + Wording.millis(load)));
    html.close();
  }

  private static String from(@Nullable Long bytes) {
    return bytes == null ? "" : ", from " + Wording.bytes(bytes);
  }

  private void open(String title, String figure) {
    html.open("article", "class", "card");
    html.leaf("h2", title);
    html.leaf("p", figure, "class", "figure");
  }

  private void line(String text) {
    html.leaf("p", text, "class", "small");
  }
}
