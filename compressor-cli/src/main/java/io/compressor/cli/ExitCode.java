package io.compressor.cli;

/** What the process says when it ends; documented and stable. */
final class ExitCode {
  /** Done, or the gate passed. */
  static final int OK = 0;

  /** A bug of ours. */
  static final int INTERNAL = 1;

  /** Bad usage or bad input. */
  static final int USAGE = 2;

  /** The gate is not met; artefact and report are written all the same. */
  static final int GATE = 3;

  private ExitCode() {}
}
