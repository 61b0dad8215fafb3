package io.compressor.workspace;

import io.compressor.solver.VectorCodebook;
import io.compressor.solver.VectorGrid;

/** rows, cols, length of a codeword: int32; codewords: byte array; row scales: float32 array. */
final class VectorGridCodec implements GridCodec<VectorGrid> {
  @Override
  public String id() {
    return "vector/1";
  }

  @Override
  public Class<VectorGrid> type() {
    return VectorGrid.class;
  }

  @Override
  public void write(VectorGrid grid, FieldWriter out) {
    out.number(grid.rows());
    out.number(grid.cols());
    out.number(grid.table().length());
    out.bytes(grid.table().words());
    out.floats(grid.rowScales());
  }

  @Override
  public VectorGrid read(FieldReader in) throws DamagedException {
    return new VectorGrid(
        in.number(), in.number(), new VectorCodebook(in.number(), in.bytes()), in.floats());
  }
}
