package io.compressor.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** One bar a stage, on a terminal. */
final class BarProgress extends ProgressReporter {
  private static final int STAGE_WIDTH = 26;
  private static final int MAX_WIDTH = 100;

  private final PrintStream stream;
  private @Nullable ProgressBar bar;

  BarProgress(Log log) {
    this.stream = stream(log.writer());
  }

  @Override
  public synchronized void begin(String stage, long steps) {
    close();
    bar =
        new ProgressBarBuilder()
            .setTaskName(pad(stage))
            .setInitialMax(Math.max(1, steps))
            .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
            .setUpdateIntervalMillis(200)
            .setMaxRenderedLength(MAX_WIDTH)
            .setConsumer(new ConsoleProgressBarConsumer(stream, MAX_WIDTH))
            .build();
  }

  @Override
  public synchronized void advance(long steps) {
    if (bar != null) {
      bar.stepBy(steps);
    }
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  private static String pad(String stage) {
    return stage.length() >= STAGE_WIDTH ? stage : stage + " ".repeat(STAGE_WIDTH - stage.length());
  }

  /** The library wants a stream, the log has a writer. */
  private static PrintStream stream(PrintWriter writer) {
    return new PrintStream(
        new OutputStream() {
          @Override
          public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int from, int count) {
            writer.write(new String(bytes, from, count, StandardCharsets.UTF_8));
            writer.flush();
          }
        },
        false,
        StandardCharsets.UTF_8);
  }
}
