package io.compressor.pass.weights;

import io.compressor.encoding.EncodingChoice;
import io.compressor.pass.SiteDecision;
import io.compressor.solver.QuantSpec;
import java.util.ArrayList;
import java.util.List;

/** What the report says about a solved site. */
public final class Decisions {
  private Decisions() {}

  public static SiteDecision of(SolvedSite solved, String pass) {
    SiteTask task = solved.task();
    EncodingChoice choice = task.choice();
    QuantSpec spec = task.grid().spec();
    List<String> warnings = new ArrayList<>(solved.warnings());
    if (solved.biasShift().isPresent() && task.site().bias().isEmpty()) {
      warnings.add("no bias to correct the mean error in");
    }
    return new SiteDecision(
        task.site(),
        pass,
        words(spec, solved.method(), task),
        choice.encoding().id(),
        choice.encoding().kernel(task.site()),
        choice.encoding().minOrtVersion(spec),
        task.site().weight().byteCount(),
        choice.bytes() - choice.encoding().saved(task.site(), solved.weight()),
        solved.errorPredicted(),
        solved.errorMeasured(),
        choice.floatMs(),
        choice.predictedMs(),
        choice.reason(),
        warnings);
  }

  /** {@code 4-bit g32 gptq}, {@code 256 vectors of 4 gptq}. */
  private static String words(QuantSpec spec, String method, SiteTask task) {
    return (task.grid().vector() > 1
            ? task.grid().codewords() + " vectors of " + task.grid().vector()
            : spec.bits() + "-bit")
        + (spec.group() > 0 ? " g" + spec.group() : "")
        + (spec.symmetric() ? "" : " asymmetric")
        + (task.smoothing().isPresent() ? " smoothed" : "")
        + " "
        + method;
  }
}
