package io.compressor.workspace;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.solver.Grid;
import java.util.List;

/**
 * One kind of grid as bytes.
 *
 * @param <G> the grid
 */
interface GridCodec<G extends Grid> {
  /** What kinds there are. */
  List<GridCodec<?>> ALL =
      List.of(new UniformGridCodec(), new FoldedGridCodec(), new VectorGridCodec());

  /** Name and version of the layout in the file; a changed layout gets another one. */
  String id();

  Class<G> type();

  void write(G grid, FieldWriter out);

  /**
   * @throws IllegalArgumentException when the parts contradict each other
   */
  G read(FieldReader in) throws DamagedException;

  static void writeAny(Grid grid, FieldWriter out) {
    GridCodec<?> codec =
        ALL.stream()
            .filter(c -> c.type().isInstance(grid))
            .findFirst()
            .orElseThrow(
                () ->
                    new CompressorException(
                        ErrorCode.INTERNAL,
                        grid.getClass().getSimpleName(),
                        "the workspace has no codec for this grid",
                        ""));
    out.text(codec.id());
    write(codec, grid, out);
  }

  static Grid readAny(FieldReader in) throws DamagedException {
    String id = in.text();
    for (GridCodec<?> codec : ALL) {
      if (codec.id().equals(id)) {
        return codec.read(in);
      }
    }
    throw new DamagedException("grid of unknown kind '" + id + "'");
  }

  private static <G extends Grid> void write(GridCodec<G> codec, Grid grid, FieldWriter out) {
    codec.write(codec.type().cast(grid), out);
  }
}
