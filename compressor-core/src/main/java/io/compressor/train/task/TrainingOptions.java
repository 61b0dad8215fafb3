package io.compressor.train.task;

import io.compressor.train.Schedule;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a run goes.
 *
 * @param steps batches to learn from
 * @param schedule factor of the learning rates
 * @param every steps between two looks at the held-out samples, which are also the checkpoints
 * @param patience looks without a better result after which the run ends; 0 = never
 * @param clip largest norm of all gradients together; 0 = any
 * @param statistics batches from which the statistics of norms are found for a look
 * @param checkpoint file to go on from when it is there, and to write; empty = none
 */
public record TrainingOptions(
    int steps,
    Schedule schedule,
    int every,
    int patience,
    double clip,
    int statistics,
    Optional<Path> checkpoint) {
  private static final int STATISTICS = 20;

  public TrainingOptions {
    if (steps < 1 || every < 1 || statistics < 1) {
      throw new IllegalArgumentException("steps, every and statistics are at least 1");
    }
  }

  /** So many looks, evenly spread; no early stop, no clipping, no checkpoint. */
  public static TrainingOptions of(int steps, Schedule schedule, int looks) {
    return new TrainingOptions(
        steps, schedule, Math.max(1, steps / looks), 0, 0, STATISTICS, Optional.empty());
  }

  public TrainingOptions stoppingAfter(int looks) {
    return new TrainingOptions(steps, schedule, every, looks, clip, statistics, checkpoint);
  }

  public TrainingOptions clipping(double norm) {
    return new TrainingOptions(steps, schedule, every, patience, norm, statistics, checkpoint);
  }

  public TrainingOptions checkpointing(Path file) {
    return new TrainingOptions(
        steps, schedule, every, patience, clip, statistics, Optional.of(file));
  }
}
