package io.compressor.pass;

import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import java.util.List;
import java.util.Optional;

/**
 * What a pass would do: its sites, and why it leaves the others alone.
 *
 * @param hollow the model as it would be written but for the numbers in it; empty where its size is
 *     not known before it is
 */
public record PassPlan(List<PlannedSite> sites, List<Skipped> skipped, Optional<Model> hollow) {
  public PassPlan {
    sites = List.copyOf(sites);
    skipped = List.copyOf(skipped);
  }

  /** Without the model. */
  public PassPlan(List<PlannedSite> sites, List<Skipped> skipped) {
    this(sites, skipped, Optional.empty());
  }
}
