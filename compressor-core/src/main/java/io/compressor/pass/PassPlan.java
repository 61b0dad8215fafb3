package io.compressor.pass;

import io.compressor.graph.Skipped;
import java.util.List;

/** What a pass would do: its sites, and why it leaves the others alone. */
public record PassPlan(List<PlannedSite> sites, List<Skipped> skipped) {
  public PassPlan {
    sites = List.copyOf(sites);
    skipped = List.copyOf(skipped);
  }
}
