package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.WeightLayout;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.block.BlockGrid;
import java.util.List;
import java.util.Optional;

/**
 * Blocks with a scale each, multiplied as integers: 8-bit codes of both operands, one product with
 * 32-bit sums for each block of the inner dimension, then the exponents, then the sum over blocks.
 *
 * <pre>
 * x ─ {@link BlockInput} ─ MatMulInteger(codes) ─ Cast ─ Mul(2^−s of rows) ─ Mul(scales) ─ ReduceSum
 * </pre>
 *
 * <p>A partial sum of a block of 128 is below 2^21, so float holds it exactly, and a power of two
 * changes no digit of it. Both operands are UINT8 with 128 as zero, which no kernel saturates on.
 *
 * <p>Source: Dong and Chen, BCT (arXiv 2304.01483), as reconstructed: P_t = qA_t · qB_tᵀ with
 * exponent sA_t + sB_t.
 */
final class BlockInteger implements Encoding {
  @Override
  public String id() {
    return "block-integer";
  }

  @Override
  public Arithmetic arithmetic() {
    return Arithmetic.TOKEN_INT8;
  }

  @Override
  public boolean holdsCodebooks() {
    return true;
  }

  @Override
  public boolean isPortable() {
    return true;
  }

  @Override
  public Optional<String> refuseSite(Site site, QuantSpec spec) {
    return Sites.refuseUnlessRightProduct(site).or(() -> TableInt8.refuseWideCodes(spec));
  }

  @Override
  public GridRequest grid(Site site, QuantSpec spec, EncodingContext context) {
    return Encodings.TABLE_FLOAT.grid(site, spec, context);
  }

  @Override
  public long bytes(Site site, QuantSpec spec) {
    return Encodings.TABLE_FLOAT.bytes(site, spec);
  }

  @Override
  public long opset(QuantSpec spec) {
    return 11;
  }

  @Override
  public String minOrtVersion(QuantSpec spec) {
    return "1.9";
  }

  @Override
  public String kernel(Site site) {
    return "MatMulInteger";
  }

  @Override
  public String form(QuantSpec spec) {
    return id();
  }

  @Override
  public void emit(Emission emission, Site site, QuantizedWeight weight, EmitOptions options) {
    BlockGrid grid = (BlockGrid) weight.grid();
    FoldedForm.requireFinite(grid.scales());
    List<Site> uses = emission.rightProducts(site);
    NodeList atLoad = new NodeList(emission);
    String codes = codes(atLoad, site.name(), weight, grid);
    String scales = scales(atLoad, site.name(), grid);
    emission.inFront(atLoad);
    for (Site use : uses) {
      replace(emission, use, grid, codes, scales, options);
    }
  }

  /** UINT8 [blocks, width, out]. */
  private static String codes(NodeList nodes, String base, QuantizedWeight weight, BlockGrid grid) {
    Emission emission = nodes.emission();
    int width = grid.shape().width();
    int out = grid.rows();
    int whole = grid.across() * width;
    byte[] stored = new WeightLayout(out, grid.cols(), true).toStored(weight.codes());
    byte[] padded = java.util.Arrays.copyOf(stored, whole * out); // meets zeros of the input
    CodeUnpacking packing = CodeUnpacking.of(grid.table().levels());
    long[] dims = {grid.across(), width, out};
    String levels = packing.unpackConstant(nodes, base, padded, dims, ElementType.INT8);
    String wide = nodes.cast(base + "/int32", levels, ElementType.INT32);
    String moved =
        nodes.add(
            base + "/moved", "Add", List.of(wide, emission.scalar("middle", PowerOfTwo.ZERO)));
    return nodes.cast(base + "/uint8", moved, ElementType.UINT8);
  }

  /** FLOAT [blocks, 1, out], or 1 where all outputs share it. */
  private static String scales(NodeList nodes, String base, BlockGrid grid) {
    int down = grid.shape().down(grid.rows());
    String stored =
        ScaleStorage.write(
            nodes.emission(),
            base + "/scale",
            new long[] {grid.across(), 1, down},
            new WeightLayout(down, grid.across(), true).toStored(grid.scales()));
    return new BlockForm(nodes.emission(), base, grid)
        .along(nodes, stored, 2, grid.rows(), grid.shape().height());
  }

  private static void replace(
      Emission emission,
      Site use,
      BlockGrid grid,
      String codes,
      String scales,
      EmitOptions options) {
    String base = use.name();
    String input = emission.input(use.input(), options);
    BlockInput x = BlockInput.of(emission, input, use.in(), grid.shape().width());
    NodeList nodes = new NodeList(emission);
    String zero = PowerOfTwo.zero(emission);
    String sums = nodes.add(base + "/sums", "MatMulInteger", List.of(x.codes(), codes, zero, zero));
    String floats = nodes.cast(base + "/float", sums, ElementType.FLOAT);
    String byRow = nodes.add(base + "/by_row", "Mul", List.of(floats, x.down()));
    String parts = nodes.add(base + "/parts", "Mul", List.of(byRow, scales));
    String all = nodes.reduce(base + "/aligned", "ReduceSum", parts, 0);
    String shape = nodes.lastAxisAs(base, input, use.out());
    Optional<String> bias = emission.ownBias(use);
    if (bias.isEmpty()) {
      nodes.add(Node.of("Reshape", List.of(all, shape), List.of(use.output())));
    } else {
      String product = nodes.add(base + "/product", "Reshape", List.of(all, shape));
      nodes.add(Node.of("Add", List.of(product, bias.get()), List.of(use.output())));
    }
    emission.editor().replace(use.output(), nodes.nodes());
  }
}
