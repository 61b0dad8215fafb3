package io.compressor.error;

/** What went wrong, coarse enough to count and to map to an exit code. */
public enum ErrorCode {
  /** The command line or a library argument is wrong. */
  USAGE(2),
  /** The recipe is malformed, contradicts itself or matches nothing. */
  RECIPE(2),
  /** The model file is broken, hostile or outside what ONNX allows. */
  MODEL(2),
  /** Calibration or evaluation data is broken or does not fit the model. */
  DATA(2),
  /** A file cannot be read or written. */
  IO(2),
  /** The request was cancelled or the process interrupted; the workspace stays resumable. */
  CANCELLED(130),
  /** ONNX Runtime refused or failed. */
  RUNTIME(1),
  /** A bug of ours: an invariant is broken. */
  INTERNAL(1);

  private final int exitCode;

  ErrorCode(int exitCode) {
    this.exitCode = exitCode;
  }

  /** The process exit code that this error maps to. */
  public int exitCode() {
    return exitCode;
  }
}
