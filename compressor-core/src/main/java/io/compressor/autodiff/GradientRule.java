package io.compressor.autodiff;

/**
 * How a gradient passes backwards through a node: reads the gradients of the node's outputs and
 * gives those of its inputs. A rule emits nodes; it computes nothing itself.
 */
@FunctionalInterface
public interface GradientRule {
  void apply(NodeGradient at);
}
