package io.compressor.pass.weights;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.graph.Skipped;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.Finding;
import io.compressor.statistics.Moments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What becomes of sites whose inputs no calibration batch gave finite numbers of. */
public enum BadSites {
  /** The run stops at the first. */
  STOP,
  /** They stay as they are, and the report says why. */
  SKIP;

  public static BadSites skipping(boolean skip) {
    return skip ? SKIP : STOP;
  }

  /**
   * The assignment without sites that cannot be observed; these move to the skipped ones.
   *
   * @param key under which the statistics of a site's input are kept
   * @throws CompressorException as {@link #judge}; MODEL instead when a weight holds NaN or
   *     infinity, which is then what made the inputs so
   */
  public Assignment keep(
      Assignment assignment, ActivationStatistics seen, Function<Site, String> key) {
    List<Assignment.Assigned> good = new ArrayList<>();
    List<Skipped> skipped = new ArrayList<>(assignment.skipped());
    boolean never = seen.findings().stream().anyMatch(Finding::never);
    if (never && this == STOP) {
      assignment.sites().forEach(SiteTask::finiteWeight);
    }
    for (Assignment.Assigned a : assignment.assigned()) {
      judge(a.site(), key.apply(a.site()), seen, "the whole model")
          .ifPresentOrElse(skipped::add, () -> good.add(a));
    }
    return new Assignment(List.copyOf(good), List.copyOf(skipped));
  }

  /**
   * @param stage what was run to observe the site
   * @return why the site is left alone; empty when it is fine
   * @throws CompressorException DATA naming site and stage when its input was never finite and that
   *     is to stop the run
   */
  public Optional<Skipped> judge(Site site, String key, ActivationStatistics seen, String stage) {
    if (site.kind() == SiteKind.GATHER) {
      return Optional.empty(); // reads ids
    }
    return seen.findings().stream()
        .filter(f -> f.value().equals(key) || f.value().equals(site.input()))
        .filter(f -> f.never() || isWithoutRows(seen, key))
        .findFirst()
        .map(f -> skip(site, f, stage));
  }

  private static boolean isWithoutRows(ActivationStatistics seen, String key) {
    Moments moments = seen.moments().get(key);
    return moments != null && moments.rows() == 0;
  }

  private Skipped skip(Site site, Finding finding, String stage) {
    String reason =
        "in %s its input '%s' was never finite on the calibration data (%s), so there is no Hessian"
            .formatted(stage, site.input(), finding.message());
    if (this == SKIP) {
      return new Skipped(site.name(), reason);
    }
    throw new CompressorException(
        ErrorCode.DATA,
        site.name(),
        reason,
        "check the calibration data and the model; --skip-bad-sites (skip-bad-sites: true in the"
            + " recipe) leaves such weights as they are");
  }
}
