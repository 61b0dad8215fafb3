package io.compressor.encoding;

import io.compressor.graph.WeightLayout;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantizedWeight;
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
final class TableDecode {
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

  /**
   * The int8 weight as a matrix in the layout's stored order, row scales left out.
   *
   * @return name of an INT8 value, [in × out] if the layout is transposed, else [out × in]
   */
  String int8(QuantizedWeight weight, WeightLayout layout) {
    return form.hasMultipliers()
        ? nodes.cast(base + "/int8", rounded(weight, layout), ElementType.INT8)
        : nodes.reshape(base + "/int8", levels(weight, layout, ElementType.INT8), stored(layout));
  }

  /** As {@link #int8}, but as FLOAT and with the row scales applied. */
  String floats(QuantizedWeight weight, WeightLayout layout) {
    String whole =
        form.hasMultipliers()
            ? rounded(weight, layout)
            : nodes.reshape(
                base + "/matrix", levels(weight, layout, ElementType.FLOAT), stored(layout));
    long[] dims = layout.transposed() ? new long[] {form.rows()} : new long[] {form.rows(), 1};
    String scales = emission.constant(Tensor.ofFloats(base + "/scale", dims, form.rowScales()));
    return nodes.add(base + "/weight", "Mul", List.of(whole, scales));
  }

  /** The level of each code, [1 × rows · cols] in stored order. */
  private String levels(QuantizedWeight weight, WeightLayout layout, ElementType type) {
    byte[] codes = layout.toStored(weight.codes());
    CodeWords words = packing.words();
    long count = words.words(codes.length);
    String stored =
        emission.constant(
            Tensor.ofBytes(
                base + "/codes",
                words.type(),
                new long[] {1, count},
                packing.pack(codes, 1, codes.length)));
    String levels = packing.unpack(nodes, base, stored, count, type);
    return count * words.perWord() == codes.length
        ? levels
        : nodes.head(base + "/unpadded", levels, 1, codes.length);
  }

  /** FLOAT matrix of whole numbers: table value times group multiplier, rounded. */
  private String rounded(QuantizedWeight weight, WeightLayout layout) {
    String values = levels(weight, layout, ElementType.FLOAT);
    String multipliers = multipliers(layout);
    boolean even = form.cols() % form.group() == 0;
    String shaped =
        nodes.reshape(base + "/grouped", values, even ? grouped(layout) : stored(layout));
    String product =
        nodes.add(
            base + "/scaled",
            "Mul",
            List.of(shaped, even ? multipliers : spread(multipliers, layout)));
    String whole = nodes.add(base + "/rounded", "Round", List.of(product));
    return even ? nodes.reshape(base + "/matrix", whole, stored(layout)) : whole;
  }

  /** Multipliers / 2^shift, shaped to broadcast over {@link #grouped}. */
  private String multipliers(WeightLayout layout) {
    int groups = form.groups();
    byte[] ordered =
        new WeightLayout(form.rows(), groups, layout.transposed()).toStored(form.multipliers());
    long[] dims =
        layout.transposed()
            ? new long[] {groups, 1, form.rows()}
            : new long[] {form.rows(), groups, 1};
    String stored =
        emission.constant(Tensor.ofBytes(base + "/multipliers", ElementType.UINT8, dims, ordered));
    String cast = nodes.cast(base + "/multiplier", stored, ElementType.FLOAT);
    String unit = emission.constant(Tensor.scalar("unit", Math.scalb(1f, -form.shift())));
    return nodes.add(base + "/factor", "Mul", List.of(cast, unit));
  }

  /** Repeats each multiplier over its group and cuts what hangs over a last, short group. */
  private String spread(String multipliers, WeightLayout layout) {
    long whole = (long) form.groups() * form.group();
    long[] dims =
        layout.transposed()
            ? new long[] {form.groups(), form.group(), form.rows()}
            : new long[] {form.rows(), form.groups(), form.group()};
    String wide = nodes.add(base + "/wide", "Expand", List.of(multipliers, emission.shape(dims)));
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
