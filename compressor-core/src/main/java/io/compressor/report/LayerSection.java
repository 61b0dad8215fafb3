package io.compressor.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Layer by layer: bytes, errors, choice and reason. */
record LayerSection(Html html, Report report) {
  /** More would make a page that nobody scrolls and a phone does not load. */
  static final int MOST_LAYERS = 250;

  static final int MOST_HISTOGRAMS = 24;

  void write() {
    if (report.sites().isEmpty()) {
      return;
    }
    choices();
    layers();
    histograms();
  }

  private void choices() {
    Map<String, List<Report.Site>> byChoice =
        report.sites().stream()
            .collect(
                Collectors.groupingBy(LayerSection::choice, TreeMap::new, Collectors.toList()));
    long largest = byChoice.values().stream().mapToLong(LayerSection::before).max().orElse(1);
    html.open("section").leaf("h2", "Where the bytes went");
    html.open("ul", "class", "layers choices");
    byChoice.entrySet().stream()
        .sorted(
            Comparator.comparingLong(
                    (Map.Entry<String, List<Report.Site>> e) -> -before(e.getValue()))
                .thenComparing(Map.Entry::getKey))
        .forEach(e -> choice(e.getKey(), e.getValue(), largest));
    html.close().close();
  }

  private void choice(String name, List<Report.Site> sites, long largest) {
    html.open("li").open("div", "class", "what");
    html.leaf("span", name, "class", "name");
    html.leaf("span", sites.size() == 1 ? "1 weight" : sites.size() + " weights", "class", "small");
    html.close();
    bytes(before(sites), after(sites), largest);
    html.close();
  }

  private void layers() {
    List<Report.Site> sites = new ArrayList<>(report.sites());
    boolean cut = sites.size() > MOST_LAYERS;
    if (cut) {
      sites.sort(
          Comparator.comparingLong(Report.Site::bytesBefore)
              .reversed()
              .thenComparing(Report.Site::name));
    }
    List<Report.Site> shown = cut ? sites.subList(0, MOST_LAYERS) : sites;
    long largest = shown.stream().mapToLong(Report.Site::bytesBefore).max().orElse(1);
    Bars.Axis axis = errorAxis(report.sites());
    html.open("section").leaf("h2", "Layers");
    if (axis.high() > 0) {
      html.leaf(
          "p",
          "Relative output error from %s to %s, logarithmic: ○ predicted, ● measured."
              .formatted(Wording.significant(axis.low()), Wording.significant(axis.high())),
          "class",
          "small");
    }
    html.open("ol", "class", "layers");
    shown.forEach(s -> layer(s, largest, axis));
    html.close();
    if (cut) {
      List<Report.Site> rest = sites.subList(MOST_LAYERS, sites.size());
      html.leaf(
          "p",
          "The %d largest are shown. %s more went from %s to %s; report.json has them all."
              .formatted(
                  MOST_LAYERS,
                  Wording.count(rest.size()),
                  Wording.bytes(before(rest)),
                  Wording.bytes(after(rest))),
          "class",
          "note");
    }
    html.close();
  }

  private void layer(Report.Site site, long largest, Bars.Axis axis) {
    html.open("li").open("div", "class", "what");
    html.leaf("span", site.name(), "class", "name");
    html.leaf(
        "span",
        "%s %s · %s".formatted(site.op(), shape(site.shape()), choice(site)),
        "class",
        "small");
    html.close();
    bytes(site.bytesBefore(), site.bytesAfter(), largest);
    html.open("div", "class", "error");
    if (site.errorPredicted() != null || site.errorMeasured() != null) {
      String label = errors(site);
      new Bars(html).errors(site.errorPredicted(), site.errorMeasured(), axis, label);
      html.leaf("span", label, "class", "small");
    }
    html.close();
    details(site);
    html.close();
  }

  private void details(Report.Site site) {
    html.open("div", "class", "why");
    List<String> facts = new ArrayList<>();
    if (!site.kernel().isEmpty()) {
      facts.add(site.kernel());
    }
    if (site.latencyBeforeMs() != null && site.latencyAfterMs() != null) {
      facts.add(
          Wording.millis(site.latencyBeforeMs()) + " → " + Wording.millis(site.latencyAfterMs()));
    }
    if (!site.reason().isEmpty()) {
      facts.add(site.reason());
    }
    html.leaf("span", String.join(" · ", facts), "class", "small");
    site.warnings().forEach(w -> html.leaf("span", w, "class", "small warn"));
    html.close();
  }

  private void bytes(long before, long after, long largest) {
    html.open("div", "class", "bytes");
    String label = Wording.bytes(before) + " → " + Wording.bytes(after);
    new Bars(html).beforeAfter(before, after, largest, label);
    html.leaf("span", label, "class", "small");
    html.close();
  }

  private void histograms() {
    List<Report.Site> sites = report.sites().stream().filter(s -> s.histogram() != null).toList();
    if (sites.isEmpty()) {
      return;
    }
    html.open("section").leaf("h2", "Weights before and after");
    html.leaf("p", "Outline before, filled after; heights are square roots.", "class", "small");
    html.open("div", "class", "histograms");
    for (Report.Site site : sites.subList(0, Math.min(MOST_HISTOGRAMS, sites.size()))) {
      histogram(site.name(), site.histogram());
    }
    html.close();
    if (sites.size() > MOST_HISTOGRAMS) {
      html.leaf(
          "p", "The first %d of %d.".formatted(MOST_HISTOGRAMS, sites.size()), "class", "note");
    }
    html.close();
  }

  private void histogram(String name, Report.@Nullable Histogram h) {
    if (h == null) {
      return;
    }
    html.open("figure");
    new Bars(html).histogram(h, "weights of " + name + " before and after");
    html.open("figcaption").leaf("span", name, "class", "name");
    html.leaf(
        "span",
        Wording.significant(h.low()) + " to " + Wording.significant(h.high()),
        "class",
        "small");
    html.close().close();
  }

  private static String errors(Report.Site site) {
    List<String> parts = new ArrayList<>();
    if (site.errorPredicted() != null) {
      parts.add(Wording.significant(site.errorPredicted()));
    }
    if (site.errorMeasured() != null) {
      parts.add(Wording.significant(site.errorMeasured()));
    }
    return "error " + String.join(" → ", parts);
  }

  private static Bars.Axis errorAxis(List<Report.Site> sites) {
    return Bars.Axis.over(
        sites.stream()
            .flatMap(
                s ->
                    java.util.stream.Stream.of(
                        orZero(s.errorPredicted()), orZero(s.errorMeasured())))
            .mapToDouble(Double::doubleValue)
            .toArray());
  }

  private static double orZero(@Nullable Double v) {
    return v == null ? 0 : v;
  }

  private static String choice(Report.Site site) {
    String what = site.choice().isEmpty() ? "unchanged" : site.choice();
    return site.encoding().isEmpty() ? what : what + " as " + site.encoding();
  }

  private static String shape(List<Long> dims) {
    return dims.stream().map(String::valueOf).collect(Collectors.joining("×"));
  }

  private static long before(List<Report.Site> sites) {
    return sites.stream().mapToLong(Report.Site::bytesBefore).sum();
  }

  private static long after(List<Report.Site> sites) {
    return sites.stream().mapToLong(Report.Site::bytesAfter).sum();
  }
}
