package io.compressor.report;

import org.jspecify.annotations.Nullable;

/**
 * One point of a front; in a report's folder, {@code points/NN.yaml} is its recipe.
 *
 * @param latencyMs sum of what was measured for single weights; null where nothing was
 * @param predicted loss of the outputs, summed over weights
 * @param loss of the outputs of the model as written
 * @param recipe that makes it, as YAML
 */
public record FrontPoint(
    long bytes, @Nullable Double latencyMs, double predicted, double loss, String recipe) {}
