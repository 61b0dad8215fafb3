package io.compressor.pass.joint;

import io.compressor.encoding.FactoredForm;
import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.BiasShift;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.pass.weights.WholeModel;
import io.compressor.statistics.ActivationStatistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes configurations: factors first, then codes by the ordinary machinery of quantizing passes.
 *
 * @param whole at any width
 * @param hidden what was seen between factors
 */
record Writer(
    WholeModel whole, PassScope scope, ActivationStatistics statistics, HiddenRanges hidden) {
  Model model(List<Chosen> chosen) {
    return written(chosen).model();
  }

  private PassOutcome written(List<Chosen> chosen) {
    List<Chosen> treated = chosen.stream().filter(Chosen::isTreated).toList();
    Model factored = factored(treated);
    GraphIndex index = new GraphIndex(factored);
    Map<String, Tensor> biases = new LinkedHashMap<>();
    List<SolvedSite> solved = new ArrayList<>();
    List<Assignment.Assigned> forms = new ArrayList<>();
    for (Chosen one : treated) {
      one.piece()
          .biasShift()
          .flatMap(d -> BiasShift.shifted(index, one.biased(), d))
          .ifPresent(t -> biases.put(t.name(), t));
      solved.addAll(one.piece().solved());
      forms.addAll(one.item().coded());
    }
    return whole.write(
        scope.with(factored, List.of()),
        new WholeModel.Solved(new Assignment(forms, List.of()), solved),
        hidden.with(statistics, treated),
        biases,
        List.of());
  }

  private Model factored(List<Chosen> treated) {
    List<Chosen> cut = treated.stream().filter(c -> c.piece().factors().isPresent()).toList();
    if (cut.isEmpty()) {
      return scope.model();
    }
    GraphEditor editor = new GraphEditor(scope.model());
    cut.forEach(c -> FactoredForm.write(editor, c.site(), c.piece().factors().orElseThrow()));
    return editor.build();
  }
}
