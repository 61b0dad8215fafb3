package io.compressor.graph;

import java.util.List;

/** Every weight of a model: the ones that can be compressed and the ones that cannot. */
public record SiteScan(List<Site> sites, List<Skipped> skipped) {
  public SiteScan {
    sites = List.copyOf(sites);
    skipped = List.copyOf(skipped);
  }
}
