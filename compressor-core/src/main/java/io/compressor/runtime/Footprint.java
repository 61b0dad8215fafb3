package io.compressor.runtime;

import java.util.OptionalLong;

/**
 * What loading a model costs, measured in a process of its own.
 *
 * @param loadMillis from file to a session ready to run
 * @param peakBytes largest resident memory of the process, its JVM included; empty where the system
 *     does not tell
 * @param idleBytes resident memory of that process before it touched the model
 */
public record Footprint(double loadMillis, OptionalLong peakBytes, OptionalLong idleBytes) {}
