package io.compressor.workspace;

import io.compressor.solver.UniformGrid;

/** rows, cols, bits, group: int32; scales: float32 array; zero points: byte array. */
final class UniformGridCodec implements GridCodec<UniformGrid> {
  @Override
  public String id() {
    return "uniform/1";
  }

  @Override
  public Class<UniformGrid> type() {
    return UniformGrid.class;
  }

  @Override
  public void write(UniformGrid grid, FieldWriter out) {
    out.number(grid.rows());
    out.number(grid.cols());
    out.number(grid.bits());
    out.number(grid.group());
    out.floats(grid.scales());
    out.bytes(grid.zeros());
  }

  @Override
  public UniformGrid read(FieldReader in) throws DamagedException {
    return new UniformGrid(
        in.number(), in.number(), in.number(), in.number(), in.floats(), in.bytes());
  }
}
