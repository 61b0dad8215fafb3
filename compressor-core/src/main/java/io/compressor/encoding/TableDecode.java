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
 * words ─ Cast ─ Gather(table) ─ Reshape                                              no groups
 * words ─ Cast ─ Gather(table) ─ Cast ─ Reshape ─ Mul(multipliers) ─ Round ─ Cast ─ Reshape
 * </pre>
 *
 * <p>All of it reads constants only, so ONNX Runtime runs it once, at load. The table is itself
 * made from the codebook (one int8 a level): entry w holds the levels of the digits of word w.
 */
final class TableDecode {
  private final NodeList nodes;
  private final Emission emission;
  private final String base;
  private final FoldedForm form;
  private final CodeWords words;

  TableDecode(NodeList nodes, String base, FoldedForm form) {
    this.nodes = nodes;
    this.emission = nodes.emission();
    this.base = base;
    this.form = form;
    this.words = CodeWords.of(form.table().length);
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
        : nodes.reshape(base + "/int8", values(weight, layout), stored(layout));
  }

  /** As {@link #int8}, but as FLOAT and with the row scales applied. */
  String floats(QuantizedWeight weight, WeightLayout layout) {
    String whole =
        form.hasMultipliers()
            ? rounded(weight, layout)
            : nodes.reshape(
                base + "/levels",
                nodes.cast(base + "/values", values(weight, layout), ElementType.FLOAT),
                stored(layout));
    long[] dims = layout.transposed() ? new long[] {form.rows()} : new long[] {form.rows(), 1};
    String scales = emission.constant(Tensor.ofFloats(base + "/scale", dims, form.rowScales()));
    return nodes.add(base + "/weight", "Mul", List.of(whole, scales));
  }

  /** One INT8 value a code, flat, rows · cols of them. */
  private String values(QuantizedWeight weight, WeightLayout layout) {
    byte[] codes = layout.toStored(weight.codes());
    byte[] packed = words.pack(codes, 1, codes.length);
    long count = words.words(codes.length);
    String stored =
        emission.constant(
            Tensor.ofBytes(base + "/codes", words.type(), new long[] {count}, packed));
    String indices = nodes.cast(base + "/words", stored, ElementType.INT32);
    String values = nodes.gather(base + "/values", table(emission, form.table()), indices);
    if (count * words.perWord() == codes.length) {
      return values;
    }
    return nodes.head(
        base + "/unpadded", nodes.reshape(base + "/flat", values, -1), 0, codes.length);
  }

  /** FLOAT matrix of whole numbers: table value times group multiplier, rounded. */
  private String rounded(QuantizedWeight weight, WeightLayout layout) {
    String values = nodes.cast(base + "/float", values(weight, layout), ElementType.FLOAT);
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

  /** INT8 value [words × codes a word] with the level of each digit of each word. */
  static String table(Emission emission, byte[] codebook) {
    CodeWords words = CodeWords.of(codebook.length);
    return emission.sharedValue(
        List.of("table", java.nio.ByteBuffer.wrap(codebook)),
        nodes -> {
          String levels =
              emission.constant(
                  Tensor.ofBytes(
                      "codebook", ElementType.INT8, new long[] {codebook.length}, codebook));
          return nodes.gather("table", levels, digits(emission, words));
        });
  }

  /** INT32 value [words × codes a word]: (word / levels^i) mod levels. */
  private static String digits(Emission emission, CodeWords words) {
    return emission.sharedValue(
        words,
        nodes -> {
          String all =
              nodes.add(
                  "words",
                  "Range",
                  List.of(
                      emission.scalar("zero", 0),
                      emission.scalar("count", words.wordCount()),
                      emission.scalar("one", 1)));
          String column = nodes.reshape("word_column", all, words.wordCount(), 1);
          String powers = emission.constant("powers", words.powers());
          String shifted = nodes.add("shifted", "Div", List.of(column, powers));
          return nodes.add(
              "digits", "Mod", List.of(shifted, emission.scalar("levels", words.levels())));
        });
  }
}
