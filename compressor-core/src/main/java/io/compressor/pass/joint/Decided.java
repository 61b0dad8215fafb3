package io.compressor.pass.joint;

import io.compressor.encoding.FactoredForm;
import io.compressor.pass.SiteDecision;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.runtime.KernelTable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** What the report says about a treated site. */
final class Decided {
  private Decided() {}

  /**
   * @param before milliseconds of the site as it was; 0 = not known
   */
  static SiteDecision of(Chosen one, double before, String pass) {
    List<String> warnings = new ArrayList<>();
    one.piece().solved().forEach(s -> warnings.addAll(s.warnings()));
    boolean single = one.piece().solved().size() == 1 && one.item().halves().isEmpty();
    SolvedSite solved = single ? one.piece().solved().get(0) : null;
    return new SiteDecision(
        one.site(),
        pass,
        (one.item().treatment() + " " + one.method()).strip(),
        one.encoding(),
        one.item().coded().isEmpty()
            ? FactoredForm.kernel(one.site())
            : one.item().coded().get(0).choice().encoding().kernel(one.site()),
        oldest(one),
        one.site().weight().byteCount(),
        Stored.bytes(one.site(), one.item(), one.piece()),
        solved == null ? OptionalDouble.empty() : solved.errorPredicted(),
        solved == null ? OptionalDouble.empty() : solved.errorMeasured(),
        known(before),
        known(one.item().millis()),
        single ? one.item().coded().get(0).choice().reason() : "",
        warnings.stream().distinct().toList());
  }

  private static OptionalDouble known(double millis) {
    return millis > 0 ? OptionalDouble.of(millis) : OptionalDouble.empty();
  }

  private static String oldest(Chosen one) {
    return Stream.concat(
            Stream.of(FactoredForm.MIN_ORT),
            one.item().coded().stream()
                .map(a -> a.choice().encoding().minOrtVersion(a.choice().grid().spec())))
        .max(KernelTable::compare)
        .orElse(FactoredForm.MIN_ORT);
  }
}
