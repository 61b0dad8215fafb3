package io.compressor.solver;

import java.util.OptionalDouble;

/**
 * What GPTQ found for one layer.
 *
 * @param weight codes in the column order of W
 * @param status whether H could be factored; after {@link Status#FELL_BACK} the codes are
 *     round-to-nearest
 * @param damping relative damping that was used, 0 after a fall-back
 * @param deadColumns inputs with H_jj = 0, ascending
 * @param predictedError tr((W−Q) H (W−Q)ᵀ) on the calibration data, in the units of H; dead inputs
 *     add nothing; empty after a fall-back
 */
public record GptqResult(
    QuantizedWeight weight,
    Status status,
    double damping,
    int[] deadColumns,
    OptionalDouble predictedError) {
  /** How the factorization went. */
  public enum Status {
    /** At the damping asked for. */
    SOLVED,
    /** With more damping than asked for. */
    MORE_DAMPING,
    /** Not at all: H is unusable or every input is dead. */
    FELL_BACK
  }
}
