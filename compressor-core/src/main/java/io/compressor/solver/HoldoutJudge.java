package io.compressor.solver;

import io.compressor.engine.Engine;
import java.util.Optional;

/**
 * Chooses between GPTQ and rounding to nearest by the error on rows that the solver never saw. GPTQ
 * wins only where it is strictly better, so a layer is never worse than RTN on them.
 */
public final class HoldoutJudge {
  /** The two ways to round. */
  public enum Choice {
    GPTQ,
    RTN
  }

  /**
   * @param weight of the chosen one
   * @param gptqError relative output error of GPTQ on held-out rows
   * @param rtnError the same of RTN
   * @param signal mean square of the output on held-out rows; what errors are relative to
   * @param warning if the calibration rows were few
   */
  public record Verdict(
      Choice choice,
      QuantizedWeight weight,
      double gptqError,
      double rtnError,
      double signal,
      Optional<CalibrationWarning> warning) {}

  private HoldoutJudge() {}

  /**
   * @param w original [rows × cols]
   * @param holdout Hessian of held-out rows; when it has none, RTN is chosen
   * @param calibrationRows rows that went into the Hessian GPTQ used
   */
  public static Verdict judge(
      float[] w,
      QuantizedWeight gptq,
      QuantizedWeight rtn,
      Hessian holdout,
      long calibrationRows,
      Engine engine) {
    OutputError error = OutputError.of(holdout, engine);
    double signal = error.signal(w);
    double unit = signal > 0 ? signal : 1;
    double gptqError = error.absolute(w, gptq.dequantize(engine)) / unit;
    double rtnError = error.absolute(w, rtn.dequantize(engine)) / unit;
    Choice choice = gptqError < rtnError ? Choice.GPTQ : Choice.RTN;
    return new Verdict(
        choice,
        choice == Choice.GPTQ ? gptq : rtn,
        gptqError,
        rtnError,
        signal,
        CalibrationWarning.check(calibrationRows, holdout.size()));
  }
}
