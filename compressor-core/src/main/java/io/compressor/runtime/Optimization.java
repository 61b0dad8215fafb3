package io.compressor.runtime;

/** How far ONNX Runtime rewrites a graph before running it. */
public enum Optimization {
  /** The graph as written. */
  NONE,
  /** Constant folding and removal of redundant nodes. */
  BASIC,
  /** Also fusions that need a particular execution provider. */
  EXTENDED,
  /** Everything, memory layouts included: what a plain ONNX Runtime session does. */
  ALL
}
