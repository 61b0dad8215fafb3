package io.compressor.pass.maestro;

import io.compressor.encoding.FactoredForm;
import io.compressor.graph.GraphEditor;
import io.compressor.graph.Site;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.SiteDecision;
import io.compressor.solver.lowrank.Factors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Writes what became of the weights, and says so. */
final class FactorWriter {
  private final Model model;
  private final GraphEditor editor;
  private final List<SiteDecision> decisions = new ArrayList<>();

  FactorWriter(Model model) {
    this.model = model;
    this.editor = new GraphEditor(model);
  }

  /** Other constants that have changed. */
  void constants(Map<String, Tensor> learnt) {
    learnt.forEach(editor::setInitializer);
  }

  /** Two weights instead of one. */
  void factors(LowRank one, Factors factors, String how) {
    Site site = one.site();
    FactoredForm.write(editor, site, factors);
    decide(
        site,
        "rank %d of %d %s".formatted(factors.rank(), one.full(), how),
        FactoredForm.ID,
        FactoredForm.kernel(site),
        FactoredForm.bytes(factors),
        one.judged()
            ? OptionalDouble.of(one.relative()[Math.min(factors.rank(), one.relative().length - 1)])
            : OptionalDouble.empty(),
        "");
  }

  /** The weight as it has learnt, multiplied back. */
  void whole(Site site, float[] matrix, String how) {
    String name =
        editor.addInitializer(
            Tensor.ofFloats(
                site.weight().name(), site.weight().dims(), site.layout().toStored(matrix)));
    editor.update(
        site.output(),
        n -> {
          List<String> inputs = new ArrayList<>(n.inputs());
          inputs.set(site.weightInput(), name);
          return n.withInputs(inputs);
        });
    decide(
        site,
        "whole " + how,
        "float32",
        site.node().opType(),
        site.weight().byteCount(),
        OptionalDouble.empty(),
        "factors of the rank that it needs would be larger");
  }

  private void decide(
      Site site,
      String choice,
      String encoding,
      String kernel,
      long bytes,
      OptionalDouble error,
      String reason) {
    decisions.add(
        new SiteDecision(
            site,
            "maestro",
            choice,
            encoding,
            kernel,
            FactoredForm.MIN_ORT,
            site.weight().byteCount(),
            bytes,
            error,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            reason,
            List.of()));
  }

  Model model() {
    return decisions.isEmpty() ? model : editor.build();
  }

  List<SiteDecision> decisions() {
    return decisions;
  }

  /** Why a weight was left alone. */
  static Optional<String> tooFull(LowRank one, int rank) {
    return rank == one.full()
        ? Optional.of("factors of the rank that it needs would be larger than the weight")
        : Optional.empty();
  }
}
