package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An embedding table of packed codes, decoded after the rows have been gathered, so that it stays
 * packed in memory. Every row starts a new word; group multipliers and the row's scale are gathered
 * by the same ids.
 */
final class TableRows {
  private TableRows() {}

  static Optional<String> refuse(Site site, QuantSpec spec) {
    return site.in() % spec.groupSize(site.in()) == 0
        ? Optional.empty()
        : Optional.of(
            "rows of %d are no whole number of groups of %d".formatted(site.in(), spec.group()));
  }

  static long bytes(Site site, QuantSpec spec) {
    int groups = spec.groups(site.in());
    long row = CodeWords.of(1 << spec.bits()).bytes(site.in()) + (groups == 1 ? 0 : groups) + 4;
    return site.out() * row;
  }

  static void emit(Emission emission, Site site, QuantizedWeight weight, FoldedForm form) {
    String base = site.name();
    CodeUnpacking packing = CodeUnpacking.of(form.table());
    CodeWords words = packing.words();
    byte[] packed = packing.pack(weight.codes(), form.rows(), form.cols());
    long wordsInRow = words.words(form.cols());
    String codes = matrix(emission, base + "/codes", words.type(), form, wordsInRow, packed);
    String scales =
        emission.constant(
            Tensor.ofFloats(base + "/scale", new long[] {form.rows(), 1}, form.rowScales()));
    Optional<String> multipliers =
        form.hasMultipliers()
            ? Optional.of(
                matrix(
                    emission,
                    base + "/multipliers",
                    ElementType.UINT8,
                    form,
                    form.groups(),
                    form.multipliers()))
            : Optional.empty();
    for (Site use : emission.uses(site)) {
      NodeList nodes = new NodeList(emission);
      String ids = nodes.reshape(base + "/ids", use.input(), -1);
      String row = nodes.gather(base + "/row", codes, ids);
      String padded = packing.unpack(nodes, base, row, wordsInRow, ElementType.FLOAT);
      String values =
          wordsInRow * words.perWord() == form.cols()
              ? padded
              : nodes.head(base + "/unpadded", padded, 1, form.cols());
      String scale = nodes.gather(base + "/row_scale", scales, ids);
      String whole =
          multipliers
              .map(m -> grouped(nodes, base, values, nodes.gather(base + "/m", m, ids), form))
              .orElse(values);
      String rows = nodes.add(base + "/rows", "Mul", List.of(whole, scale));
      restoreShape(nodes, use, rows);
      emission.editor().replace(use.output(), nodes.nodes());
    }
  }

  private static String matrix(
      Emission emission, String name, ElementType type, FoldedForm form, long cols, byte[] raw) {
    return emission.constant(Tensor.ofBytes(name, type, new long[] {form.rows(), cols}, raw));
  }

  /** FLOAT [ids × cols]: table value · multiplier / 2^shift, rounded. */
  private static String grouped(
      NodeList nodes, String base, String values, String multipliers, FoldedForm form) {
    String factor = nodes.cast(base + "/factor", multipliers, ElementType.FLOAT);
    String unit = nodes.emission().constant(Tensor.scalar("unit", Math.scalb(1f, -form.shift())));
    String scaled = nodes.add(base + "/unit", "Mul", List.of(factor, unit));
    String column = nodes.reshape(base + "/column", scaled, -1, form.groups(), 1);
    String groups = nodes.reshape(base + "/groups", values, -1, form.groups(), form.group());
    String product = nodes.add(base + "/product", "Mul", List.of(groups, column));
    String rounded = nodes.add(base + "/rounded", "Round", List.of(product));
    return nodes.reshape(base + "/whole", rounded, -1, form.cols());
  }

  /** [ids × cols] to the shape of the ids with the columns as last axis. */
  private static void restoreShape(NodeList nodes, Site use, String rows) {
    String ids = nodes.add(use.name() + "/ids_shape", "Shape", List.of(use.input()));
    String shape =
        nodes.add(
            use.name() + "/shape",
            "Concat",
            List.of(ids, nodes.emission().shape(use.in())),
            Attribute.of("axis", 0));
    Node reshape = Node.of("Reshape", List.of(rows, shape), List.of(use.output()));
    boolean knowsZero = nodes.emission().opset() >= 14; // below, an empty batch cannot be restored
    nodes.add(
        knowsZero
            ? reshape.withAttributes(Map.of("allowzero", Attribute.of("allowzero", 1)))
            : reshape);
  }
}
