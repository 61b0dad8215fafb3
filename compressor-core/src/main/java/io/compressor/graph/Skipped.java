package io.compressor.graph;

/**
 * Something that could not be compressed, and why, in words for the report.
 *
 * @param name node label or weight name
 */
public record Skipped(String name, String reason) {}
