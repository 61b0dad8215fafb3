package io.compressor.pass.reste;

import io.compressor.encoding.BinaryProduct;
import io.compressor.encoding.Encoding;
import io.compressor.encoding.Encodings;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Tensor;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.ChannelRanges;
import io.compressor.statistics.StatisticsRequest;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** Which form each binary site takes: integers where they compute what training computed. */
final class BinaryForms {
  /** A form and why. */
  record Form(Encoding encoding, String reason) {}

  private final BinarySites sites;
  private final boolean int8;
  private final Function<StatisticsRequest, ActivationStatistics> seen;

  /**
   * @param int8 whether float activations in front of binary weights are rounded to 8 bits
   * @param seen statistics of the model as it learnt
   */
  BinaryForms(
      BinarySites sites, boolean int8, Function<StatisticsRequest, ActivationStatistics> seen) {
    this.sites = sites;
    this.int8 = int8;
    this.seen = seen;
  }

  /**
   * @param factors by site name, α of each output
   */
  Map<String, Form> choose(Map<String, float[]> factors) {
    Map<String, Form> forms = new LinkedHashMap<>();
    Map<String, Site> unsure = new LinkedHashMap<>();
    for (Site site : sites.binary()) {
      boolean conv = site.kind() == SiteKind.CONV;
      if (!sites.signed().contains(site.name())) {
        forms.put(site.name(), weightsOnly(conv));
      } else if (!conv) {
        forms.put(
            site.name(), new Form(Encodings.BINARY_INT8, "sums of signs are exact in 32 bits"));
      } else if (site.in() <= BinaryProduct.most(site)) {
        forms.put(
            site.name(),
            new Form(
                Encodings.BINARY_INT8,
                "sums of %d signs are exact in the kernel's 8 bits".formatted(site.in())));
      } else {
        unsure.put(site.name(), site);
      }
    }
    if (!unsure.isEmpty()) {
      bySums(unsure, factors, forms);
    }
    return forms;
  }

  private Form weightsOnly(boolean conv) {
    if (!int8) {
      return new Form(
          Encodings.TABLE_FLOAT, "activations stay in float: it computes what training computed");
    }
    return conv
        ? new Form(Encodings.TABLE_QDQ, "activations in 8 bits of fixed ranges")
        : new Form(Encodings.TABLE_INT8, "activations in 8 bits measured while it runs");
  }

  /** Sums that could be too large for a byte are looked at on data. */
  private void bySums(
      Map<String, Site> unsure, Map<String, float[]> factors, Map<String, Form> forms) {
    Set<String> outputs = new LinkedHashSet<>();
    Map<String, Integer> axes = new LinkedHashMap<>();
    unsure
        .values()
        .forEach(
            s -> {
              outputs.add(s.output());
              axes.put(s.output(), 1);
            });
    ActivationStatistics ranges =
        seen.apply(StatisticsRequest.none().channelRanges(outputs).channelAxes(axes));
    unsure.forEach(
        (name, site) -> {
          double largest =
              largestSum(
                  site,
                  ranges.channelsOf(site.output()),
                  Objects.requireNonNull(factors.get(name), name));
          int most = BinaryProduct.most(site);
          boolean fits = largest <= most;
          String said =
              "sums of signs reach %.0f on calibration data and the kernel's 8 bits %d"
                  .formatted(largest, most);
          forms.put(
              name,
              new Form(
                  fits ? Encodings.BINARY_INT8 : Encodings.BINARY_FLOAT,
                  fits ? said : said + ", so it runs in float"));
        });
  }

  private static double largestSum(Site site, ChannelRanges seen, float[] factors) {
    float[] bias = site.bias().map(Tensor::toFloats).orElse(new float[site.out()]);
    double largest = 0;
    for (int c = 0; c < site.out(); c++) {
      double b = site.biasNode().isPresent() ? 0 : bias[c];
      double far = Math.max(Math.abs(seen.min()[c] - b), Math.abs(seen.max()[c] - b));
      largest = Math.max(largest, far / factors[c]);
    }
    return largest;
  }
}
