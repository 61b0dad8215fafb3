package io.compressor.graph;

/** The operator family that reads a site's weight. */
public enum SiteKind {
  /** MatMul with a constant operand, either side. */
  MATMUL,
  /** Gemm with a constant B. */
  GEMM,
  /** Conv of any rank and group. */
  CONV,
  /** Gather along axis 0 of a constant table (embeddings). */
  GATHER
}
