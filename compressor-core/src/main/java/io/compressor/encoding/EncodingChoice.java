package io.compressor.encoding;

import java.util.OptionalDouble;

/**
 * How a site will be written, and why.
 *
 * @param grid what the solver has to fit
 * @param predictedMs time of one run of the site; empty when not measured
 * @param floatMs time of the original; empty when not measured
 * @param bytes stored bytes of the weight
 * @param reason a sentence or two for the report
 */
public record EncodingChoice(
    Encoding encoding,
    GridRequest grid,
    OptionalDouble predictedMs,
    OptionalDouble floatMs,
    long bytes,
    String reason) {}
