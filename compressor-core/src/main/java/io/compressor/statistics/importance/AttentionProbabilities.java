package io.compressor.statistics.importance;

import io.compressor.ir.Node;
import java.util.Optional;

/**
 * Attention probabilities [batch, heads, query, key] of one attention, or why they cannot be had.
 *
 * @param node the Softmax of a decomposed attention, or the fused operator
 * @param value the probabilities where the model computes them; [batch · heads, query, key] and
 *     [batch, groups, heads a group, query, key] are possible too. Empty for a fused operator
 * @param refusal why a fused operator's probabilities cannot be recomputed
 */
public record AttentionProbabilities(Node node, Optional<String> value, Optional<String> refusal) {

  /** A value that exists once the attention has run, for finding its place in the graph. */
  String output() {
    return node.outputs().get(0);
  }
}
