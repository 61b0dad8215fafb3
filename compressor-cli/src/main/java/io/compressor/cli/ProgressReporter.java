package io.compressor.cli;

import io.compressor.engine.Progress;
import java.util.Locale;
import java.util.Map;

/**
 * Shows how far the work is: a bar with the time left on a terminal, else a line when a stage
 * starts and every few seconds after, or JSON events. Cancelled by Ctrl-C.
 */
abstract class ProgressReporter implements Progress, AutoCloseable {

  /** The form that suits the log's format and whoever watches. */
  static ProgressReporter on(Log log, boolean terminal) {
    if (!log.isOn(Log.Level.NOTE)) {
      return new Silent();
    }
    return terminal && log.format() == Log.Format.TEXT ? new BarProgress(log) : new Lines(log);
  }

  @Override
  public boolean isCancelled() {
    return Interruption.isRequested();
  }

  @Override
  public void close() {}

  /** For {@code --quiet}. */
  private static final class Silent extends ProgressReporter {
    @Override
    public void begin(String stage, long steps) {}

    @Override
    public void advance(long steps) {}
  }

  /** For logs and machines. */
  private static final class Lines extends ProgressReporter {
    private static final long INTERVAL_NANOS = 5_000_000_000L;

    private final Log log;
    private String stage = "";
    private long total;
    private long done;
    private long began;
    private long said;

    Lines(Log log) {
      this.log = log;
    }

    @Override
    public synchronized void begin(String name, long steps) {
      stage = name;
      total = steps;
      done = 0;
      began = System.nanoTime();
      said = began;
      if (log.format() == Log.Format.JSON) {
        log.event("stage", Map.of("stage", name, "steps", steps));
      } else {
        log.note(steps > 1 ? name + " (" + steps + " steps)" : name);
      }
    }

    @Override
    public synchronized void note(String line) {
      if (log.format() == Log.Format.JSON) {
        log.event("note", Map.of("stage", stage, "text", line));
      } else {
        log.note("  " + line);
      }
    }

    @Override
    public synchronized void advance(long steps) {
      done += steps;
      long now = System.nanoTime();
      if (now - said < INTERVAL_NANOS || done >= total) {
        return;
      }
      said = now;
      long left = Math.round((now - began) / 1e9 * (total - done) / Math.max(1, done));
      if (log.format() == Log.Format.JSON) {
        log.event(
            "progress", Map.of("stage", stage, "done", done, "steps", total, "secondsLeft", left));
      } else {
        log.note(
            String.format(Locale.ROOT, "  %s %d of %d, about %d s left", stage, done, total, left));
      }
    }
  }
}
