package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.WeightLayout;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.block.BlockGrid;
import java.util.List;

/**
 * Blocks with a scale each in float32 arithmetic, exactly as they are: w = table[code] · scale[row
 * / height, col / width].
 *
 * <pre>
 * scales [down × across] ─ Gather(row / height) ─ Gather(col / width) ─ Mul(levels)
 * </pre>
 */
final class BlockForm {
  private final Emission emission;
  private final String base;
  private final BlockGrid grid;
  private final CodeUnpacking packing;

  BlockForm(Emission emission, String base, BlockGrid grid) {
    FoldedForm.requireFinite(grid.scales());
    this.emission = emission;
    this.base = base;
    this.grid = grid;
    this.packing = CodeUnpacking.of(grid.table().levels());
  }

  /** The weight in a layout's stored order, as a FLOAT matrix. */
  String matrix(NodeList nodes, QuantizedWeight weight, WeightLayout layout) {
    boolean inFirst = layout.transposed();
    byte[] codes = layout.toStored(weight.codes());
    long[] dims =
        inFirst ? new long[] {grid.cols(), grid.rows()} : new long[] {grid.rows(), grid.cols()};
    String levels = packing.unpackConstant(nodes, base, codes, dims, ElementType.FLOAT);
    int down = grid.shape().down(grid.rows());
    WeightLayout blocks = new WeightLayout(down, grid.across(), inFirst);
    String scales =
        ScaleStorage.write(
            emission,
            base + "/scale",
            inFirst ? new long[] {grid.across(), down} : new long[] {down, grid.across()},
            blocks.toStored(grid.scales()));
    String tall = along(nodes, scales, inFirst ? 1 : 0, grid.rows(), grid.shape().height());
    String factors = along(nodes, tall, inFirst ? 0 : 1, grid.cols(), grid.shape().width());
    return nodes.add(base + "/weight", "Mul", List.of(levels, factors));
  }

  /** Replaces Gathers of rows of the table. */
  void rows(Site site, QuantizedWeight weight) {
    RowLevels all = RowLevels.of(emission, base, packing, weight.codes(), grid.rows(), grid.cols());
    int down = grid.shape().down(grid.rows());
    String scales =
        ScaleStorage.write(
            emission, base + "/scale", new long[] {down, grid.across()}, grid.scales());
    for (Site use : emission.uses(site)) {
      NodeList nodes = new NodeList(emission);
      String ids = nodes.reshape(base + "/ids", use.input(), -1);
      String scale =
          nodes.gather(
              base + "/row_scale",
              scales,
              BandIds.of(nodes, base, ids, grid.rows(), grid.shape().height()));
      RowShape.restore(nodes, use, scaled(nodes, all, ids, scale));
      emission.editor().replace(use.output(), nodes.nodes());
    }
  }

  /** Rows times their scales; blocks of equal width need no scale to be repeated. */
  private String scaled(NodeList nodes, RowLevels all, String ids, String scale) {
    int across = grid.across();
    boolean isEven = across > 1 && grid.cols() % grid.shape().width() == 0;
    if (!isEven) {
      String levels = all.gathered(nodes, base, ids, -1, grid.cols());
      String factors = along(nodes, scale, 1, grid.cols(), grid.shape().width());
      return nodes.add(base + "/rows", "Mul", List.of(levels, factors));
    }
    String levels = all.gathered(nodes, base, ids, -1, across, grid.shape().width());
    String column = nodes.reshape(base + "/column", scale, -1, across, 1);
    String product = nodes.add(base + "/blocks", "Mul", List.of(levels, column));
    return nodes.reshape(base + "/rows", product, -1, grid.cols());
  }

  /** Repeats what is stored once a block for each of {@code count} rows or columns. */
  String along(NodeList nodes, String value, long axis, int count, int side) {
    if (count <= side || side == 1) {
      return value; // one block broadcasts, one weight needs no repetition
    }
    String index =
        emission.sharedValue(
            List.of("blocks", count, side),
            made -> {
              String all =
                  made.add(
                      "places",
                      "Range",
                      List.of(
                          emission.scalar("zero", 0),
                          emission.scalar("count", count),
                          emission.scalar("one", 1)));
              return made.add("blocks", "Div", List.of(all, emission.scalar("side", side)));
            });
    return nodes.add(base + "/spread", "Gather", List.of(value, index), Attribute.of("axis", axis));
  }
}
