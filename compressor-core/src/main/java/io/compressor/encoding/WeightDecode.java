package io.compressor.encoding;

import io.compressor.graph.WeightLayout;
import io.compressor.solver.Grid;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.VectorGrid;

/** Codes in the file and the nodes that turn them into a weight, at load. */
interface WeightDecode {
  /**
   * The int8 weight as a matrix in the layout's stored order, row scales left out.
   *
   * @return name of an INT8 value, [in × out] if the layout is transposed, else [out × in]
   */
  String int8(QuantizedWeight weight, WeightLayout layout);

  /** As {@link #int8}, but as FLOAT and with the row scales applied. */
  String floats(QuantizedWeight weight, WeightLayout layout);

  /** [out]. */
  float[] rowScales();

  /** How a grid is decoded; {@code base} names what is written. */
  static WeightDecode of(NodeList nodes, String base, Grid grid) {
    return grid instanceof VectorGrid vectors
        ? new VectorDecode(nodes, base, vectors)
        : new TableDecode(nodes, base, FoldedForm.of(grid));
  }
}
