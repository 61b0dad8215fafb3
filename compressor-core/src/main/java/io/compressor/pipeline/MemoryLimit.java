package io.compressor.pipeline;

import io.compressor.runtime.SessionSettings;
import java.util.OptionalLong;

/**
 * What a limit on memory changes at the end of a run, where whole models are loaded.
 *
 * <p>Measured with SmolLM2 (652 MB, written with 4-bit tables): while both sessions are open the
 * process holds seven times the original, because ONNX Runtime packs weights a second time and
 * unfolds the tables through float32.
 *
 * @param bytes the process may hold; empty = no limit
 */
record MemoryLimit(OptionalLong bytes) {
  private static final long BOTH_OPEN = 7;

  /** Whether models of so many bytes may be open at once only to time them. */
  boolean allowsBoth(long base, long candidate) {
    long need = BOTH_OPEN * Math.max(base, candidate);
    return bytes.isEmpty() || bytes.getAsLong() >= need;
  }

  /** Sessions that hold each weight once: slower, same results up to rounding. */
  SessionSettings frugal(SessionSettings settings) {
    return bytes.isEmpty() ? settings : settings.config("session.disable_prepacking", "1");
  }
}
