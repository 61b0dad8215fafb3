package io.compressor.pass.weights.learn;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Tensor;
import io.compressor.runtime.ResidentMemory;
import io.compressor.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Whether the gradient of a block fits under a limit on memory: one part of a batch is run, and
 * what that took is counted for each part that will run beside it. Where the system does not tell
 * what a process holds, nothing is checked.
 */
final class LearningMemory {
  private static final long MIB = 1L << 20;

  /** The heap grows a little more in the steps to come: by one of so many parts. */
  private static final long MARGIN = 10;

  private LearningMemory() {}

  /**
   * @param block its name
   * @param parts of a batch
   * @param beside how many of them run at once
   * @param limit bytes that the process may hold
   * @throws CompressorException USAGE with the limit that would do
   */
  static void check(
      String block,
      Trainer trainer,
      List<Map<String, Tensor>> parts,
      int beside,
      OptionalLong limit) {
    OptionalLong before = limit.isPresent() ? ResidentMemory.own() : OptionalLong.empty();
    if (before.isEmpty()) {
      return;
    }
    trainer.differentiate(parts.get(0));
    long after = ResidentMemory.own().orElse(0);
    long each = Math.max(0, after - before.getAsLong());
    long need = need(after, each, Math.min(beside, parts.size()));
    if (need > limit.orElseThrow()) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "--memory",
          "learning block '%s' takes about %d MiB, allowed are %d MiB"
              .formatted(block, need / MIB, limit.orElseThrow() / MIB),
          "give --memory %dMiB, fewer --threads or shorter samples, or do without learning"
              .formatted(need / MIB));
    }
  }

  /**
   * @param held bytes by now, one part included
   * @param each bytes that a part takes
   * @return whole MiB, rounded up
   */
  static long need(long held, long each, int beside) {
    long all = held + each * (beside - 1);
    long more = all + all / MARGIN;
    return (more + MIB - 1) / MIB * MIB;
  }
}
