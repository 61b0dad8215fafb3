package io.compressor.graph;

/**
 * The activation x · ½ · (1 + erf(x / √2)), whether one node or spelled out.
 *
 * @param label what to call it in messages
 */
public record Gelu(String label, String input, String output) {}
