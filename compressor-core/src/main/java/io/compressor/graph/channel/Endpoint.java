package io.compressor.graph.channel;

import io.compressor.graph.Site;

/**
 * A weight at the end of a group: its rows (a writer) or columns (a reader) are the group's
 * channels. A table that a Gather reads is a writer through its columns.
 *
 * @param site the weight as this one node reads it (a shared weight has an endpoint for each use)
 * @param blocks how often the group's channels repeat along the weight's axis: the number of heads
 *     for values inside an attention, else 1; channel c of block b is row or column b · size + c
 * @param spread columns of one channel, next to each other: the kernel positions of a Conv's input,
 *     else 1
 */
public record Endpoint(Site site, int blocks, int spread) {}
