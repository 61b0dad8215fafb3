package io.compressor.encoding;

import io.compressor.graph.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Chooses how each site is written. Pure: the same site, request and table give the same choice.
 *
 * <p>An encoding slower than float32 is never chosen unless the smallest file was asked for. Times
 * within 15 % of each other are a tie, which the smaller encoding wins, so that the noise of a
 * measurement does not flip a choice. What was not measured counts as no slower than float32.
 */
public final class EncodingPlanner {
  private static final double TIE = 1.15;

  private final EncodingContext context;
  private final ProbeTable table;

  public EncodingPlanner(EncodingContext context, ProbeTable table) {
    this.context = context;
    this.table = table;
  }

  /** Encodings that can write the site at all, in the order of the registry. */
  public List<Encoding> candidates(Site site, EncodingRequest request) {
    return Encodings.ALL.stream()
        .filter(e -> request.allowed().contains(e.arithmetic()))
        .filter(e -> request.preference() != Preference.PORTABLE || e.isPortable())
        .filter(e -> e != Encodings.INT8_FLOAT || isFloatOnly(request))
        .filter(e -> e.refuse(site, request.spec(), context).isEmpty())
        .toList();
  }

  /**
   * The encoding for a site.
   *
   * @param rows activation rows in one run (M), from the data
   * @return empty when no encoding can write the site
   */
  public Optional<EncodingChoice> choose(Site site, int rows, EncodingRequest request) {
    OptionalDouble floatMs = table.millis(ProbeTable.FLOAT, site.out(), site.in(), rows);
    List<Option> all =
        candidates(site, request).stream().map(e -> option(e, site, rows, request)).toList();
    List<Option> slow = new ArrayList<>();
    List<Option> good = new ArrayList<>();
    for (Option o : all) {
      (o.isSlowerThan(floatMs) ? slow : good).add(o);
    }
    boolean sizeFirst = request.preference() == Preference.SIZE;
    List<Option> eligible = sizeFirst || good.isEmpty() ? all : good;
    Comparator<Option> order =
        sizeFirst
            ? Comparator.comparingLong(Option::bytes).thenComparingDouble(Option::time)
            : Comparator.comparingLong(Option::bytes);
    double limit = sizeFirst ? Double.POSITIVE_INFINITY : fastest(eligible) * TIE;
    return eligible.stream()
        .filter(o -> !(o.time() > limit))
        .min(order)
        .map(o -> choice(o, site, rows, request, floatMs, slow));
  }

  /** Where int8 arithmetic may be used, an int8 form is as small and no slower, or refused. */
  private static boolean isFloatOnly(EncodingRequest request) {
    return request.allowed().equals(Set.of(Arithmetic.FLOAT));
  }

  private Option option(Encoding e, Site site, int rows, EncodingRequest request) {
    return new Option(
        e,
        table.millis(e.form(request.spec()), site.out(), site.in(), rows),
        e.bytes(site, request.spec()));
  }

  private static double fastest(List<Option> options) {
    return options.stream()
        .filter(o -> o.millis().isPresent())
        .mapToDouble(o -> o.millis().getAsDouble())
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }

  private EncodingChoice choice(
      Option o,
      Site site,
      int rows,
      EncodingRequest request,
      OptionalDouble floatMs,
      List<Option> slow) {
    List<String> reason = new ArrayList<>();
    reason.add(verdict(o, rows, request.preference(), floatMs));
    slow.stream()
        .filter(s -> s.encoding() != o.encoding() && s.bytes() <= o.bytes())
        .findFirst()
        .ifPresent(s -> reason.add(sentence(s, rows, floatMs) + ", so it was not taken."));
    return new EncodingChoice(
        o.encoding(),
        o.encoding().grid(site, request.spec(), context),
        o.millis(),
        floatMs,
        o.bytes(),
        String.join(" ", reason));
  }

  private static String verdict(Option o, int rows, Preference preference, OptionalDouble floatMs) {
    String why = preference == Preference.SIZE ? "the smallest form" : "the smallest fast form";
    if (o.millis().isEmpty()) {
      return o.encoding().id() + " is " + why + " of this weight; its time was not measured.";
    }
    return sentence(o, rows, floatMs) + " and is " + why + ".";
  }

  private static String sentence(Option o, int rows, OptionalDouble floatMs) {
    if (floatMs.isEmpty() || o.millis().isEmpty()) {
      return o.encoding().id() + " was not compared with fp32";
    }
    double ratio = o.millis().getAsDouble() / floatMs.getAsDouble();
    return ratio > 1
        ? String.format(
            Locale.ROOT,
            "%s is %.1fx slower than fp32 at M=%d on this CPU",
            o.encoding().id(),
            ratio,
            rows)
        : String.format(
            Locale.ROOT,
            "%s takes %.0f%% of fp32's time at M=%d on this CPU",
            o.encoding().id(),
            100 * ratio,
            rows);
  }

  private record Option(Encoding encoding, OptionalDouble millis, long bytes) {
    /** NaN when unknown, which no comparison excludes. */
    double time() {
      return millis.orElse(Double.NaN);
    }

    boolean isSlowerThan(OptionalDouble floatMs) {
      return millis.isPresent()
          && floatMs.isPresent()
          && millis.getAsDouble() > floatMs.getAsDouble();
    }
  }
}
