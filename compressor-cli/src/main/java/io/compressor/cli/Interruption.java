package io.compressor.cli;

/** Whether the user asked the process to stop. One per process, as Ctrl-C is. */
final class Interruption {
  private static volatile boolean requested;

  private Interruption() {}

  static void request() {
    requested = true;
  }

  static boolean isRequested() {
    return requested;
  }
}
