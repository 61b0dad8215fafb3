package io.compressor.pass;

import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.Site;
import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import java.util.List;
import java.util.Optional;

/**
 * What a pass may touch.
 *
 * @param original the model that the run began with, before any step
 * @param model prepared; the sites were found in it
 * @param sites those that the recipe step matches
 * @param skipped what the finder could not offer, for the report
 * @param forms chooses how weights are written
 * @param calibration data to observe the model on; empty when none was given
 * @param files where a pass may keep what does not fit the memory, and what it has finished
 * @param seed of the recipe; combine with the site's name
 */
public record PassScope(
    Model original,
    Model model,
    List<Site> sites,
    List<Skipped> skipped,
    FormChooser forms,
    Optional<Dataset> calibration,
    PassFiles files,
    long seed,
    Engine engine,
    Progress progress) {
  public PassScope {
    sites = List.copyOf(sites);
    skipped = List.copyOf(skipped);
  }

  /** Whether statistics can be had. */
  public boolean hasData() {
    return calibration.isPresent();
  }

  /** The same with fewer sites. */
  public PassScope withSites(List<Site> some) {
    return new PassScope(
        original, model, some, skipped, forms, calibration, files, seed, engine, progress);
  }

  /** The same with another model and its sites. */
  public PassScope with(Model other, List<Site> some) {
    return new PassScope(
        original, other, some, skipped, forms, calibration, files, seed, engine, progress);
  }
}
