package io.compressor.engine;

/**
 * Hears how far the work is and may stop it. Implementations must be thread-safe; all calls are
 * cheap and may come from any worker.
 */
public interface Progress {
  /** Says nothing, never cancels. */
  Progress NONE =
      new Progress() {
        @Override
        public void begin(String stage, long steps) {}

        @Override
        public void advance(long steps) {}

        @Override
        public boolean isCancelled() {
          return false;
        }
      };

  /** A stage starts; the one before it has ended. */
  void begin(String stage, long steps);

  /** {@code steps} more of the current stage are done. */
  void advance(long steps);

  /** How the current stage goes, in a line, as a loss; nothing is lost when nobody listens. */
  default void note(String line) {}

  /** Whether the user asked to stop. */
  boolean isCancelled();

  /** Called between pieces of work: throws CANCELLED when the user asked to stop. */
  default void checkCancelled() {
    if (isCancelled()) {
      throw new io.compressor.error.CompressorException(
          io.compressor.error.ErrorCode.CANCELLED,
          "run",
          "cancelled",
          "with a workspace, the same command goes on where it stopped");
    }
  }
}
