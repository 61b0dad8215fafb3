package io.compressor.pass.joint;

import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.FactoredForm;
import io.compressor.encoding.GridFamily;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.recipe.JointOptions;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.recipe.Treatment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which treatments a site is offered, before anything is solved. */
record Treatments(JointOptions options) {
  /** Below that a mask, or a second node, costs about what it saves. */
  private static final long SMALLEST = 4096;

  /** Codes that go with a mask have at most so many bits; wider ones are bytes. */
  private static final int WIDEST_MASKED = 4;

  /** A mask has to save so much of the codes at least. */
  private static final double WORTHWHILE = 0.9;

  /** Factors have these widths: narrower ones lose more than a lower rank does. */
  private static final List<Integer> FACTORS = List.of(8, 4);

  /** Ranks are multiples of it where they are large enough. */
  private static final int MULTIPLE = 8;

  /**
   * @param forms by width, those that the site can take
   */
  List<Treatment> of(Site site, Map<Integer, EncodingChoice> forms) {
    List<Treatment> all = new ArrayList<>(List.of(Treatment.NONE));
    for (int bits : options.widths()) {
      if (forms.containsKey(bits)) {
        all.add(new Treatment(bits, 0, 0));
      }
    }
    for (int bits : options.widths()) {
      EncodingChoice form = forms.get(bits);
      if (form != null && isMaskable(site, form, bits)) {
        options.zeros().stream()
            .filter(z -> z > 0 && 1 + bits * (1 - z) < WORTHWHILE * bits)
            .forEach(z -> all.add(new Treatment(bits, z, 0)));
      }
    }
    all.addAll(factored(site));
    return all;
  }

  private static boolean isMaskable(Site site, EncodingChoice form, int bits) {
    return bits <= WIDEST_MASKED
        && site.parameters() >= SMALLEST
        && site.kind() != SiteKind.GATHER
        && form.encoding().holdsCodebooks()
        && form.grid().family() != GridFamily.VECTOR;
  }

  private List<Treatment> factored(Site site) {
    if (site.parameters() < SMALLEST || FactoredForm.refuse(site).isPresent()) {
      return List.of();
    }
    TreeSet<Integer> ranks = new TreeSet<>();
    for (double share : options.ranks()) {
      int rank = (int) (share * site.out() * site.in() / (site.out() + site.in()));
      int even = rank > 2 * MULTIPLE ? rank - rank % MULTIPLE : rank;
      if (even >= 1 && even < Math.min(site.out(), site.in())) {
        ranks.add(even);
      }
    }
    List<Integer> coded = FACTORS.stream().filter(options.levels()::contains).toList();
    List<Integer> widths = coded.isEmpty() ? List.of(PrecisionOptions.FLOAT) : coded;
    return ranks.stream()
        .flatMap(r -> widths.stream().flatMap(b -> Stream.of(new Treatment(b, 0, r))))
        .toList();
  }
}
