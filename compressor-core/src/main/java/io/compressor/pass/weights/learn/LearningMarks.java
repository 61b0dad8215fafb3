package io.compressor.pass.weights.learn;

import io.compressor.formats.file.ContentHash;
import io.compressor.train.CheckpointFile;
import io.compressor.train.Learner;
import io.compressor.train.StateStream;
import io.compressor.train.TrainerState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Where a learner stood at its last look and at its best, as two files: states of large models are
 * written one at a time. The best goes first, so that a run killed between the two finds a best
 * that it will find again.
 */
final class LearningMarks {
  private final Optional<CheckpointFile> last;
  private final Optional<CheckpointFile> best;

  /**
   * A run at a look.
   *
   * @param step batches consumed
   * @param before held-out loss at the start
   * @param best the least so far
   */
  record Mark(int step, double before, double best, TrainerState state) {}

  private LearningMarks(Optional<CheckpointFile> last, Optional<CheckpointFile> best) {
    this.last = last;
    this.best = best;
  }

  /** Keeps nothing. */
  static LearningMarks none() {
    return new LearningMarks(Optional.empty(), Optional.empty());
  }

  /**
   * @param folder that outlives the run, and belongs to one model, recipe and data
   * @param run what determines the run besides where the learner stands now
   */
  static LearningMarks in(Path folder, String run, Learner learner) {
    String name = "learn-" + hash(run, learner.state());
    return new LearningMarks(
        Optional.of(new CheckpointFile(folder.resolve(name + ".checkpoint"), run)),
        Optional.of(new CheckpointFile(folder.resolve(name + ".best"), run)));
  }

  Optional<Mark> read() {
    return last.flatMap(
        f ->
            f.read(
                in ->
                    new Mark(
                        in.readInt(), in.readDouble(), in.readDouble(), StateStream.state(in))));
  }

  /** The best state; empty when that is still the one at the start. */
  Optional<TrainerState> best() {
    return best.flatMap(f -> f.read((DataInputStream in) -> StateStream.state(in)));
  }

  void better(Learner learner) {
    best.ifPresent(f -> f.write(out -> StateStream.state(out, learner.state())));
  }

  void look(int step, double before, double least, Learner learner) {
    last.ifPresent(
        f ->
            f.write(
                out -> {
                  out.writeInt(step);
                  out.writeDouble(before);
                  out.writeDouble(least);
                  StateStream.state(out, learner.state());
                }));
  }

  private static String hash(String run, TrainerState state) {
    MessageDigest digest = ContentHash.start();
    OutputStream into = new DigestOutputStream(OutputStream.nullOutputStream(), digest);
    try (DataOutputStream out = new DataOutputStream(into)) {
      StateStream.text(out, run);
      StateStream.state(out, state);
    } catch (IOException e) {
      throw new UncheckedIOException("a digest cannot fail", e);
    }
    return ContentHash.hex(digest).substring(0, 16);
  }
}
