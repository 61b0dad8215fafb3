package io.compressor.samples;

import io.compressor.engine.Progress;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Prints each stage when it starts; {@link #cancel} stops the run between two pieces of work. */
public final class StageProgress implements Progress {
  private final PrintStream out;
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private final AtomicLong done = new AtomicLong();

  public StageProgress(PrintStream out) {
    this.out = out;
  }

  @Override
  public void begin(String stage, long steps) {
    out.println(stage + " (" + steps + ")");
  }

  @Override
  public void advance(long steps) {
    done.addAndGet(steps);
  }

  @Override
  public boolean isCancelled() {
    return cancelled.get();
  }

  /** May be called from any thread; the run then ends with the error code CANCELLED. */
  public void cancel() {
    cancelled.set(true);
  }

  /** Pieces of work done so far, all stages together. */
  public long done() {
    return done.get();
  }
}
