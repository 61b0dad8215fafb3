package io.compressor.pass.weights;

import io.compressor.engine.Engine;
import io.compressor.solver.QuantizedWeight;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The outcome for one site.
 *
 * @param method what chose the codes: {@code rtn} or {@code gptq}
 * @param biasShift Δb [out] that makes the mean output right, when the mean input is known
 * @param errorPredicted output error on calibration rows, relative to the output on the rows that
 *     it was judged on
 * @param errorMeasured relative output error on held-out rows
 */
public record SolvedSite(
    SiteTask task,
    QuantizedWeight weight,
    String method,
    Optional<double[]> biasShift,
    OptionalDouble errorPredicted,
    OptionalDouble errorMeasured,
    List<String> warnings) {

  /** The same without the moments it was solved on, which are many times larger than the rest. */
  public SolvedSite withoutMoments() {
    SiteTask bare =
        new SiteTask(
            task.site(), task.choice(), task.smoothing(), Optional.empty(), Optional.empty());
    return new SolvedSite(bare, weight, method, biasShift, errorPredicted, errorMeasured, warnings);
  }

  /** The weight [out × in] as it multiplies: without the vector that its input is divided by. */
  public float[] plainWeight(Engine engine) {
    float[] w = weight.dequantize(engine);
    task.smoothing()
        .ifPresent(
            s -> {
              for (int i = 0; i < w.length; i++) {
                w[i] /= s[i % s.length];
              }
            });
    return w;
  }
}
