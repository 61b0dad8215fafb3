package io.compressor.workspace;

/** A file of the workspace is not what was written; never leaves this package. */
final class DamagedException extends Exception {
  private static final long serialVersionUID = 1L;

  DamagedException(String message) {
    super(message);
  }
}
