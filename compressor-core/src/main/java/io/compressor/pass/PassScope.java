package io.compressor.pass;

import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.graph.Site;
import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import java.util.List;

/**
 * What a pass may touch.
 *
 * @param model prepared; the sites were found in it
 * @param sites those that the recipe step matches
 * @param skipped what the finder could not offer, for the report
 * @param forms chooses how weights are written
 * @param hasData whether statistics can be had
 * @param seed of the recipe; combine with the site's name
 */
public record PassScope(
    Model model,
    List<Site> sites,
    List<Skipped> skipped,
    FormChooser forms,
    boolean hasData,
    long seed,
    Engine engine,
    Progress progress) {
  public PassScope {
    sites = List.copyOf(sites);
    skipped = List.copyOf(skipped);
  }
}
