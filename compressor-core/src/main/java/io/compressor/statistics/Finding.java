package io.compressor.statistics;

/**
 * Something about the activations that a user should know.
 *
 * @param value the value of the model it is about; empty for the data as a whole
 */
public record Finding(String value, String message) {}
