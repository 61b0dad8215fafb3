package io.compressor.solver;

/**
 * The values that the weights W [rows × cols] may take: for each entry a small set of levels,
 * numbered by codes. Solvers choose codes; they do not care how levels come about, so one GPTQ
 * serves uniform grids, grids that fold into int8, and codebooks. Implementations are safe to read
 * from several threads.
 */
public interface Grid {
  int rows();

  int cols();

  /** Number of codes is at most 2^bits. */
  int bits();

  /**
   * The code in [0, 2^bits) whose level is nearest to {@code w}; a tie goes the way of Math.rint.
   */
  int encode(int row, int col, double w);

  /** The level of a code. */
  double decode(int row, int col, int code);
}
