package io.compressor.workspace;

import io.compressor.solver.Codebook;
import io.compressor.solver.FoldedGrid;

/**
 * rows, cols, group: int32; codewords: byte array; shift: int32; row scales: float32 array;
 * multipliers: byte array.
 */
final class FoldedGridCodec implements GridCodec<FoldedGrid> {
  @Override
  public String id() {
    return "folded/1";
  }

  @Override
  public Class<FoldedGrid> type() {
    return FoldedGrid.class;
  }

  @Override
  public void write(FoldedGrid grid, FieldWriter out) {
    out.number(grid.rows());
    out.number(grid.cols());
    out.number(grid.group());
    out.bytes(grid.table().levels());
    out.number(grid.shift());
    out.floats(grid.rowScales());
    out.bytes(grid.multipliers());
  }

  @Override
  public FoldedGrid read(FieldReader in) throws DamagedException {
    return new FoldedGrid(
        in.number(),
        in.number(),
        in.number(),
        new Codebook(in.bytes()),
        in.number(),
        in.floats(),
        in.bytes());
  }
}
