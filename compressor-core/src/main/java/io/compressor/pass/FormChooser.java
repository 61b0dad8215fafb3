package io.compressor.pass;

import io.compressor.encoding.EncodingChoice;
import io.compressor.encoding.EncodingPlanner;
import io.compressor.encoding.EncodingRequest;
import io.compressor.encoding.KernelProbe;
import io.compressor.graph.Site;
import java.util.Optional;

/**
 * Chooses how sites are written, measuring what is not known yet.
 *
 * @param planner a pure function of the probe's table
 * @param probe fills the table; a shape that is in it costs nothing
 * @param rows how many rows a matrix product has in typical use: tokens of one sample, or one
 */
public record FormChooser(EncodingPlanner planner, KernelProbe probe, int rows) {
  public Optional<EncodingChoice> choose(Site site, EncodingRequest request) {
    probe.measure(site, rows, request);
    return planner.choose(site, rows, request);
  }
}
