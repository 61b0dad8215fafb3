package io.compressor.encoding;

import io.compressor.graph.WeightLayout;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.solver.FoldedGrid;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.UniformGrid;
import java.util.List;

/**
 * Writes packed codes and the nodes that turn them into weights:
 *
 * <pre>
 * codes ─ {@link CodeUnpacking} ─ Reshape                                            no groups
 * codes ─ {@link CodeUnpacking} ─ Reshape ─ Mul(multipliers) ─ Round ─ Cast ─ Reshape
 * </pre>
 *
 * <p>All of it reads constants only, so ONNX Runtime runs it once, at load.
 */
final class TableDecode implements WeightDecode {
  private final NodeList nodes;
  private final Emission emission;
  private final String base;
  private final FoldedForm form;
  private final CodeUnpacking packing;

  TableDecode(NodeList nodes, String base, FoldedForm form) {
    this.nodes = nodes;
    this.emission = nodes.emission();
    this.base = base;
    this.form = form;
    this.packing = CodeUnpacking.of(form.table());
  }

  /** Bytes of codes and group multipliers for a weight with {@code groups} multipliers a row. */
  static long bytes(int levels, int rows, int cols, int groups) {
    return CodeWords.of(levels).bytes((long) rows * cols)
        + (groups == 1 ? 0L : (long) rows * groups);
  }

  /** Bytes that codes take less than {@link #bytes} says, because many of them stand for 0. */
  static long saved(QuantizedWeight weight) {
    if (!(weight.grid() instanceof FoldedGrid) && !(weight.grid() instanceof UniformGrid)) {
      return 0;
    }
    byte[] table = FoldedForm.of(weight.grid()).table();
    CodeWords words = CodeUnpacking.of(table).words();
    return SparseCodes.of(weight.codes(), table)
        .map(sparse -> words.bytes(weight.codes().length) - sparse.bytes())
        .orElse(0L);
  }

  @Override
  public float[] rowScales() {
    return form.rowScales();
  }

  @Override
  public String int8(QuantizedWeight weight, WeightLayout layout) {
    return form.hasMultipliers()
        ? matrix(nodes.cast(base + "/bytes", rounded(weight, layout), ElementType.INT8), layout)
        : levels(weight, layout, stored(layout), ElementType.INT8);
  }

  @Override
  public String floats(QuantizedWeight weight, WeightLayout layout) {
    String whole =
        form.hasMultipliers()
            ? matrix(rounded(weight, layout), layout)
            : levels(weight, layout, stored(layout), ElementType.FLOAT);
    long[] dims = layout.transposed() ? new long[] {form.rows()} : new long[] {form.rows(), 1};
    String scales = emission.constant(Tensor.ofFloats(base + "/scale", dims, form.rowScales()));
    return nodes.add(base + "/weight", "Mul", List.of(whole, scales));
  }

  /** The level of each code in stored order. */
  private String levels(
      QuantizedWeight weight, WeightLayout layout, long[] dims, ElementType type) {
    byte[] codes = layout.toStored(weight.codes());
    return SparseCodes.of(codes, form.table())
        .map(sparse -> sparse.unpack(nodes, base, dims, type))
        .orElseGet(() -> packing.unpackConstant(nodes, base, codes, dims, type));
  }

  /** FLOAT whole numbers: level times group multiplier, rounded; grouped if groups are even. */
  private String rounded(QuantizedWeight weight, WeightLayout layout) {
    long[] dims = isEven() ? grouped(layout) : stored(layout);
    String levels = levels(weight, layout, dims, ElementType.FLOAT);
    String factors = multipliers(layout);
    String product =
        nodes.add(
            base + "/scaled", "Mul", List.of(levels, isEven() ? factors : spread(factors, layout)));
    return nodes.add(base + "/rounded", "Round", List.of(product));
  }

  private String matrix(String rounded, WeightLayout layout) {
    return isEven() ? nodes.reshape(base + "/matrix", rounded, stored(layout)) : rounded;
  }

  private boolean isEven() {
    return form.cols() % form.group() == 0;
  }

  /** Multipliers / 2^shift, shaped to broadcast over {@link #grouped}. */
  private String multipliers(WeightLayout layout) {
    int groups = form.groups();
    int band = form.band();
    int bands = form.bands();
    byte[] ordered =
        new WeightLayout(bands, groups, layout.transposed()).toStored(form.bandMultipliers());
    long[] dims =
        band == 1
            ? perRow(layout)
            : layout.transposed() ? new long[] {groups, bands, 1} : new long[] {bands, 1, groups};
    String stored =
        emission.constant(Tensor.ofBytes(base + "/multipliers", ElementType.UINT8, dims, ordered));
    String cast = nodes.cast(base + "/multiplier", stored, ElementType.FLOAT);
    String unit = emission.constant(Tensor.scalar("unit", Math.scalb(1f, -form.shift())));
    String factor = nodes.add(base + "/factor", "Mul", List.of(cast, unit));
    return band == 1 ? factor : perRow(factor, layout);
  }

  private long[] perRow(WeightLayout layout) {
    return layout.transposed()
        ? new long[] {form.groups(), 1, form.rows()}
        : new long[] {form.rows(), form.groups(), 1};
  }

  /** What was stored once for a band of rows, for each of its rows. */
  private String perRow(String factor, WeightLayout layout) {
    int groups = form.groups();
    int bands = form.bands();
    long whole = (long) bands * form.band();
    boolean inFirst = layout.transposed();
    String wide =
        nodes.add(
            base + "/bands",
            "Expand",
            List.of(
                factor,
                inFirst
                    ? emission.shape(groups, bands, form.band())
                    : emission.shape(bands, form.band(), groups)));
    String flat =
        inFirst
            ? nodes.reshape(base + "/band_rows", wide, groups, whole)
            : nodes.reshape(base + "/band_rows", wide, whole, groups);
    String cut =
        whole == form.rows()
            ? flat
            : nodes.head(base + "/row_factors", flat, inFirst ? 1 : 0, form.rows());
    return nodes.reshape(base + "/per_row", cut, perRow(layout));
  }

  /** Repeats each multiplier over its group and cuts what hangs over a last, short group. */
  private String spread(String multipliers, WeightLayout layout) {
    long whole = (long) form.groups() * form.group();
    String wide =
        nodes.add(base + "/wide", "Expand", List.of(multipliers, emission.shape(grouped(layout))));
    boolean inFirst = layout.transposed();
    String flat =
        inFirst
            ? nodes.reshape(base + "/repeated", wide, whole, form.rows())
            : nodes.reshape(base + "/repeated", wide, form.rows(), whole);
    return nodes.head(base + "/factors", flat, inFirst ? 0 : 1, form.cols());
  }

  private long[] grouped(WeightLayout layout) {
    return layout.transposed()
        ? new long[] {form.groups(), form.group(), form.rows()}
        : new long[] {form.rows(), form.groups(), form.group()};
  }

  private static long[] stored(WeightLayout layout) {
    return layout.transposed()
        ? new long[] {layout.in(), layout.out()}
        : new long[] {layout.out(), layout.in()};
  }
}
