package io.compressor.pass.weights;

import io.compressor.encoding.Emission;
import io.compressor.encoding.EmitOptions;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.graph.Site;
import io.compressor.graph.SiteFinder;
import io.compressor.graph.opset.OpsetRaiser;
import io.compressor.graph.opset.RaiseResult;
import io.compressor.ir.Model;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes solved weights into the model, in the order of the graph. */
public final class Writing {
  private Writing() {}

  /**
   * @param model the sites were found in it, or in one that differs in the content of biases only
   */
  public static Model weights(Model model, List<SolvedSite> solved) {
    Model ready = atOpset(model, solved);
    Map<String, Site> sites =
        SiteFinder.scan(ready).sites().stream()
            .collect(Collectors.toMap(Site::name, Function.identity()));
    Emission emission = new Emission(ready);
    for (SolvedSite one : solved) {
      SiteTask task = one.task();
      task.choice()
          .encoding()
          .emit(
              emission,
              Objects.requireNonNull(sites.get(task.site().name())),
              one.weight(),
              task.smoothing().map(EmitOptions::smoothed).orElse(EmitOptions.none()));
    }
    return emission.build();
  }

  /** Raised only as far as the chosen forms need it. */
  private static Model atOpset(Model model, List<SolvedSite> solved) {
    long needed =
        solved.stream()
            .mapToLong(s -> s.task().choice().encoding().opset(s.task().grid().spec()))
            .max()
            .orElse(0);
    if (needed <= model.opset()) {
      return model;
    }
    RaiseResult raised = OpsetRaiser.raise(model, needed);
    if (!raised.succeeded()) {
      throw new CompressorException(
          ErrorCode.INTERNAL,
          "model",
          "cannot be raised to opset %d although a form that needs it was planned: %s"
              .formatted(needed, raised.refused()),
          "report this with the model's operator list");
    }
    return raised.model();
  }
}
