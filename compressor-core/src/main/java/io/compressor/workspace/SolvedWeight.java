package io.compressor.workspace;

import io.compressor.solver.QuantizedWeight;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A finished site: its codes, and what the report says about them.
 *
 * @param method what chose the codes, such as {@code gptq}
 * @param biasShift Δb [out] to add to the bias, when there is one
 * @param errorPredicted output error on calibration rows, relative to the output on the rows that
 *     it was judged on, when known
 * @param errorMeasured the same on held-out rows, when known
 */
public record SolvedWeight(
    QuantizedWeight weight,
    String method,
    Optional<double[]> biasShift,
    OptionalDouble errorPredicted,
    OptionalDouble errorMeasured,
    List<String> warnings) {
  public SolvedWeight {
    warnings = List.copyOf(warnings);
  }
}
