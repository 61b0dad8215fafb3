package io.compressor.graph.channel;

/**
 * A constant that has the group's channels along an axis: an added bias or position table, a gain.
 *
 * @param value the constant's name
 * @param axis counted from the end
 * @param blocks how often the channels repeat along that axis
 */
public record ChannelConstant(String value, int axis, int blocks) {}
