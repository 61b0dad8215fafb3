package io.compressor.statistics;

/**
 * A value as a convolution reads it. Two convolutions of different windows may read one value.
 *
 * @param value [batch, channels, spatial…]
 */
public record ConvInput(String value, ConvWindow window) {}
