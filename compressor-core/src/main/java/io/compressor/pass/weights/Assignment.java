package io.compressor.pass.weights;

import io.compressor.encoding.Arithmetic;
import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.EncodingRequest;
import io.compressor.encoding.Preference;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.Skipped;
import io.compressor.pass.PassScope;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.solver.QuantSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which form each site will take, and why the others are left alone. */
public record Assignment(List<Assigned> assigned, List<Skipped> skipped) {
  /** Below this a scale and a table cost about what the codes save. */
  private static final long SMALLEST = 1024;

  /** Inputs of a table row that share a scale when the recipe does not say. */
  private static final int ROW_GROUP = 32;

  /** A site and its form. */
  public record Assigned(Site site, EncodingChoice choice) {}

  public static Assignment of(QuantizeOptions options, Preference preference, PassScope scope) {
    List<Assigned> assigned = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>();
    Activations activations = Activations.of(options, scope.hasData());
    for (Site site : scope.sites()) {
      Optional<String> refused = refuse(site, options, activations);
      if (refused.isPresent()) {
        skipped.add(new Skipped(site.name(), refused.get()));
        continue;
      }
      EncodingRequest request =
          new EncodingRequest(spec(site, options), preference, activations.allowed(site.kind()));
      Optional<EncodingChoice> choice = scope.forms().choose(site, request);
      choice
          .filter(c -> preference == Preference.SIZE || !isSlower(c))
          .ifPresentOrElse(
              c -> assigned.add(new Assigned(site, c)),
              () ->
                  skipped.add(
                      new Skipped(
                          site.name(),
                          choice
                              .map(EncodingChoice::reason)
                              .orElse("no form can hold %s here".formatted(words(request))))));
    }
    return new Assignment(List.copyOf(assigned), List.copyOf(skipped));
  }

  public List<Site> sites() {
    return assigned.stream().map(Assigned::site).toList();
  }

  /** Sites whose activations get fixed ranges. */
  public List<Site> staticSites() {
    return assigned.stream()
        .filter(a -> a.choice().encoding().arithmetic() == Arithmetic.STATIC_INT8)
        .map(Assigned::site)
        .toList();
  }

  private static Optional<String> refuse(
      Site site, QuantizeOptions options, Activations activations) {
    if (site.parameters() < SMALLEST) {
      return Optional.of("only " + site.parameters() + " weights: nothing to gain");
    }
    if (site.kind() == SiteKind.GATHER && options.embeddings() == 0) {
      return Optional.of("embedding tables are left as they are (embeddings: 0)");
    }
    return activations.refuse(site.kind());
  }

  private static QuantSpec spec(Site site, QuantizeOptions options) {
    if (site.kind() != SiteKind.GATHER) {
      return options.spec();
    }
    int bits = options.embeddings();
    int group = bits == 8 ? 0 : options.group() == 0 ? ROW_GROUP : options.group();
    return new QuantSpec(bits, group, options.symmetric(), options.clipSearch());
  }

  private static boolean isSlower(EncodingChoice choice) {
    return choice.predictedMs().isPresent()
        && choice.floatMs().isPresent()
        && choice.predictedMs().getAsDouble() > choice.floatMs().getAsDouble();
  }

  private static String words(EncodingRequest request) {
    QuantSpec spec = request.spec();
    return "%d bits%s with %s arithmetic"
        .formatted(
            spec.bits(),
            spec.group() > 0 ? " in groups of " + spec.group() : "",
            request.allowed().toString().toLowerCase(java.util.Locale.ROOT));
  }
}
