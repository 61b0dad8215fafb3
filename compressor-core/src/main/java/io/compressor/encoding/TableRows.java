package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import java.util.List;
import java.util.Optional;

/**
 * An embedding table of packed codes. Every row starts a new word; group multipliers and the row's
 * scale are gathered by the same ids as its levels.
 */
final class TableRows {
  private final Emission emission;
  private final String base;
  private final FoldedForm form;
  private final RowLevels rows;
  private final String scales;
  private final Optional<String> multipliers;

  private TableRows(Emission emission, String base, QuantizedWeight weight, FoldedForm form) {
    this.emission = emission;
    this.base = base;
    this.form = form;
    this.rows =
        RowLevels.of(
            emission,
            base,
            CodeUnpacking.of(form.table()),
            weight.codes(),
            form.rows(),
            form.cols());
    this.scales =
        ScaleStorage.write(
            emission, base + "/scale", new long[] {form.bands(), 1}, form.bandScales());
    this.multipliers =
        form.hasMultipliers()
            ? Optional.of(
                matrix(
                    "/multipliers",
                    ElementType.UINT8,
                    form.bands(),
                    form.groups(),
                    form.bandMultipliers()))
            : Optional.empty();
  }

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
    TableRows table = new TableRows(emission, site.name(), weight, form);
    for (Site use : emission.uses(site)) {
      emission.editor().replace(use.output(), table.gathered(use));
    }
  }

  private List<Node> gathered(Site use) {
    NodeList nodes = new NodeList(emission);
    String ids = nodes.reshape(base + "/ids", use.input(), -1);
    String bandIds = BandIds.of(nodes, base, ids, form.rows(), form.band());
    long[] dims =
        form.hasMultipliers()
            ? new long[] {-1, form.groups(), form.group()}
            : new long[] {-1, form.cols()};
    String levels = rows.gathered(nodes, base, ids, dims);
    String whole =
        multipliers
            .map(m -> grouped(nodes, levels, nodes.gather(base + "/row_multipliers", m, bandIds)))
            .orElse(levels);
    String scale = nodes.gather(base + "/row_scale", scales, bandIds);
    RowShape.restore(nodes, use, nodes.add(base + "/rows", "Mul", List.of(whole, scale)));
    return nodes.nodes();
  }

  private String matrix(String suffix, ElementType type, long rows, long cols, byte[] raw) {
    return emission.constant(Tensor.ofBytes(base + suffix, type, new long[] {rows, cols}, raw));
  }

  /** FLOAT [ids × cols] of levels [ids × groups × group]: level · multiplier / 2^shift, rounded. */
  private String grouped(NodeList nodes, String levels, String rowMultipliers) {
    String factor = nodes.cast(base + "/factor", rowMultipliers, ElementType.FLOAT);
    String unit = emission.constant(Tensor.scalar("unit", Math.scalb(1f, -form.shift())));
    String scaled = nodes.add(base + "/unit", "Mul", List.of(factor, unit));
    String column = nodes.reshape(base + "/column", scaled, -1, form.groups(), 1);
    String product = nodes.add(base + "/product", "Mul", List.of(levels, column));
    String rounded = nodes.add(base + "/rounded", "Round", List.of(product));
    return nodes.reshape(base + "/whole", rounded, -1, form.cols());
  }
}
