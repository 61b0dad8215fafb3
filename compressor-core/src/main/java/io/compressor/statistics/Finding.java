package io.compressor.statistics;

/**
 * Something about the activations that a user should know.
 *
 * @param value the value of the model it is about; empty for the data as a whole
 * @param never whether not one batch gave finite numbers, so that there is no statistic
 */
public record Finding(String value, String message, boolean never) {}
