package io.compressor.encoding;

import io.compressor.graph.WeightLayout;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.VectorGrid;
import java.util.List;

/**
 * Writes codes that pick several weights, the table of codewords and the nodes between:
 *
 * <pre>
 * codes [out × vectors] ─ Cast ─ Gather(table [codewords × length]) ─ Reshape            [out × in]
 * codes [vectors × out] ─ Cast ─ Gather(table) ─ Transpose ─ Reshape                     [in × out]
 * </pre>
 *
 * <p>All of it reads constants only, so ONNX Runtime runs it once, at load.
 */
final class VectorDecode implements WeightDecode {
  private final NodeList nodes;
  private final Emission emission;
  private final String base;
  private final VectorGrid grid;

  VectorDecode(NodeList nodes, String base, VectorGrid grid) {
    FoldedForm.requireFinite(grid.rowScales());
    this.nodes = nodes;
    this.emission = nodes.emission();
    this.base = base;
    this.grid = grid;
  }

  /** Bytes of codes and table. */
  static long bytes(int codewords, int length, int rows, int cols) {
    long vectors = (long) rows * ((cols + length - 1) / length);
    return CodeWords.of(codewords).bytes(vectors) + (long) codewords * length;
  }

  @Override
  public float[] rowScales() {
    return grid.rowScales();
  }

  @Override
  public String int8(QuantizedWeight weight, WeightLayout layout) {
    int length = grid.table().length();
    int size = grid.table().size();
    long vectors = grid.vectors();
    long rows = grid.rows();
    boolean inFirst = layout.transposed();
    String table =
        emission.constant(
            Tensor.ofBytes(
                base + "/codewords",
                ElementType.INT8,
                new long[] {size, length},
                grid.table().words()));
    long[] dims = inFirst ? new long[] {vectors, rows} : new long[] {rows, vectors};
    String chosen = nodes.gather(base + "/vectors", table, indices(weight, inFirst, dims));
    if (inFirst) {
      String turned =
          nodes.add(
              base + "/turned",
              "Transpose",
              List.of(chosen),
              Attribute.of("perm", new long[] {0, 2, 1}));
      String whole = nodes.reshape(base + "/whole", turned, vectors * length, rows);
      return cut(whole, 0);
    }
    return cut(nodes.reshape(base + "/whole", chosen, rows, vectors * length), 1);
  }

  @Override
  public String floats(QuantizedWeight weight, WeightLayout layout) {
    String whole = nodes.cast(base + "/entries", int8(weight, layout), ElementType.FLOAT);
    long[] dims = layout.transposed() ? new long[] {grid.rows()} : new long[] {grid.rows(), 1};
    String scales = emission.constant(Tensor.ofFloats(base + "/scale", dims, grid.rowScales()));
    return nodes.add(base + "/weight", "Mul", List.of(whole, scales));
  }

  /** What hangs over a last, short vector. */
  private String cut(String whole, int axis) {
    return grid.cols() % grid.table().length() == 0
        ? whole
        : nodes.head(base + "/inputs", whole, axis, grid.cols());
  }

  /** The code of each vector as INT32. */
  private String indices(QuantizedWeight weight, boolean inFirst, long[] dims) {
    byte[] codes =
        new WeightLayout(grid.rows(), grid.vectors(), inFirst)
            .toStored(grid.chosen(weight.codes()));
    if (!CodeWords.of(grid.table().size()).isDense()) {
      String stored =
          emission.constant(Tensor.ofBytes(base + "/codes", ElementType.UINT8, dims, codes));
      return nodes.cast(base + "/indices", stored, ElementType.INT32);
    }
    byte[] numbers = new byte[grid.table().size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (byte) i;
    }
    CodeUnpacking packing = CodeUnpacking.of(numbers);
    String unpacked = packing.unpackConstant(nodes, base, codes, dims, ElementType.INT8);
    return nodes.cast(base + "/indices", unpacked, ElementType.INT32);
  }
}
