package io.compressor.pass;

import io.compressor.graph.Site;
import java.util.OptionalDouble;

/**
 * What a pass would do to one site.
 *
 * @param choice in words a user knows: {@code 4-bit g32}
 * @param encoding id of the written form
 * @param kernel operator that ONNX Runtime is expected to run
 * @param bytesAfter of everything that would be stored for it
 * @param workBytes memory that solving it takes
 * @param baselineMs of the original, as probed; empty when not probed
 * @param latencyMs of the chosen form, as probed
 * @param reason why this form
 */
public record PlannedSite(
    Site site,
    String choice,
    String encoding,
    String kernel,
    long bytesAfter,
    long workBytes,
    OptionalDouble baselineMs,
    OptionalDouble latencyMs,
    String reason) {}
