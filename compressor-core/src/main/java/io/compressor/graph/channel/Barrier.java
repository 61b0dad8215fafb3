package io.compressor.graph.channel;

/**
 * Why a group cannot be changed more freely.
 *
 * @param at the node or value in the way
 * @param reason in words for the report
 * @param allows what is still possible past it
 */
public record Barrier(String at, String reason, Transformation allows) {}
