package io.compressor.statistics;

import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.formats.data.Batch;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** One pass over the data with one session. */
final class Pass {
  private static final long LITTLE = 64L << 20;

  private final RuntimeSession session;
  private final Set<String> outputs;
  private final List<Gauge> gauges;
  private final Setting setting;

  /** What all passes share. */
  record Setting(Dataset data, Engine engine, Progress progress, Optional<RowMask> mask) {}

  private Pass(RuntimeSession session, Set<String> outputs, List<Gauge> gauges, Setting setting) {
    this.session = session;
    this.outputs = outputs;
    this.gauges = gauges;
    this.setting = setting;
  }

  /**
   * Feeds every span to the gauges and returns them.
   *
   * @param bytes of float32 that one run returns
   */
  static List<Gauge> run(
      Emit emit, List<Gauge> gauges, List<Span> spans, long bytes, Setting setting) {
    Set<String> outputs = new LinkedHashSet<>();
    gauges.forEach(g -> outputs.addAll(g.outputs()));
    try (RuntimeSession session =
        RuntimeSession.open(emit.build(outputs), SessionSettings.withThreads(1))) {
      new Pass(session, outputs, gauges, setting).feed(spans, sideBySide(bytes, setting.engine()));
    }
    return gauges;
  }

  /** Waves of batches: each is added in order before the next starts, so few results are alive. */
  private void feed(List<Span> spans, int wave) {
    try (Gram gram = new Gram()) {
      List<Supplier<Runnable>> due = new ArrayList<>();
      for (int at = 0; at < spans.size(); at += wave) {
        setting.progress().checkCancelled();
        List<Span> now = spans.subList(at, Math.min(spans.size(), at + wave));
        setting.engine().map(now, this::digest).forEach(added -> added.forEach(Runnable::run));
        multiply(gram, due, at + wave >= spans.size());
        setting.progress().advance(now.size());
      }
    }
  }

  /**
   * Also in waves, and also added in order: of one gauge after the other, oldest block first. What
   * would leave threads idle waits for more.
   */
  private void multiply(Gram gram, List<Supplier<Runnable>> due, boolean last) {
    for (Gauge gauge : gauges) {
      if (gauge instanceof MomentGauge moments) {
        due.addAll(moments.due(gram, last));
      }
    }
    int wave = setting.engine().parallelism();
    while (due.size() >= wave || (last && !due.isEmpty())) {
      List<Supplier<Runnable>> now = due.subList(0, Math.min(due.size(), wave));
      setting.engine().map(List.copyOf(now), work -> work.get()).forEach(Runnable::run);
      now.clear();
    }
  }

  private List<Runnable> digest(Span span) {
    Batch batch = setting.data().batch(span.from(), span.to());
    if (setting.mask().filter(m -> m.isEmpty(batch.inputs())).isPresent()) {
      return List.of();
    }
    Map<String, Tensor> run = session.run(batch.inputs(), outputs);
    return gauges.stream().map(g -> g.digest(run, span)).toList();
  }

  /**
   * Enough to keep all threads busy although batches differ, as far as a quarter of the heap and
   * {@link #LITTLE} hold results in flight, each three times: copied, decoded, read.
   */
  private static int sideBySide(long bytes, Engine engine) {
    long each = 3 * Math.max(1, bytes);
    long fit = Runtime.getRuntime().maxMemory() / 4 / each;
    long wanted =
        Math.max(engine.parallelism(), Math.min(4L * engine.parallelism(), LITTLE / each));
    return (int) Math.max(1, Math.min(wanted, fit));
  }
}
