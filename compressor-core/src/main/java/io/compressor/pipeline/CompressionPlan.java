package io.compressor.pipeline;

import io.compressor.graph.Skipped;
import io.compressor.pass.PlannedSite;
import java.util.List;

/**
 * What a run would do; nothing was computed and nothing written.
 *
 * @param bytesBefore of the input's files
 * @param bytesAfter of the output, predicted from the written forms
 * @param peakBytes memory that solving takes on top of the runtime's own, predicted
 */
public record CompressionPlan(
    List<PlannedSite> sites,
    List<Skipped> skipped,
    long bytesBefore,
    long bytesAfter,
    long peakBytes) {
  public CompressionPlan {
    sites = List.copyOf(sites);
    skipped = List.copyOf(skipped);
  }
}
