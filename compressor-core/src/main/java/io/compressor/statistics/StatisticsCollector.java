package io.compressor.statistics;

import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Collects statistics of activations over a data set.
 *
 * <p>The statistics are computed by nodes appended to the model, cut down to what they need. Per
 * batch only vectors leave the session, and for a Hessian whichever is smaller: the batch's rows,
 * or their products (and, for histograms, the activations of the batch). Sessions have one thread;
 * batches run side by side on the engine and are added in batch order in fp64, so the result is the
 * same to the last bit at any number of threads. It depends on the batch size only by rounding.
 *
 * <p>Memory: the sums, 8 bytes an element of every Hessian asked for, twice with hold-out, on the
 * heap; blocks of rows in direct memory, about as large as a float32 Hessian, at most 64 MiB each;
 * in flight three copies of what one run of a pass returns ({@value #PASS_BYTES} bytes, or one
 * Hessian's share where that alone is larger) times the batches that run side by side, of which
 * there are fewer when the heap is small. What does not fit a pass is left to another pass over the
 * data, in the order of the graph, each running no more of the model than it needs.
 */
public final class StatisticsCollector {
  /** Results of one batch in one pass. Does not depend on the machine, so that bits do not. */
  static final long PASS_BYTES = 128L << 20;

  private final Model model;
  private final StatisticsRequest request;
  private final List<Span> spans;
  private final Map<String, Observed> observed;
  private final Pass.Setting setting;

  private StatisticsCollector(
      Model model,
      StatisticsRequest request,
      List<Span> spans,
      Map<String, Observed> observed,
      Pass.Setting setting) {
    this.model = model;
    this.request = request;
    this.spans = spans;
    this.observed = observed;
    this.setting = setting;
  }

  /**
   * @param batch samples a run; 1 keeps texts at their natural length, without padding
   * @throws CompressorException USAGE when the model has no such value, when it is not numeric, or
   *     when the Hessians do not fit the heap; DATA when the data does not fit the model; CANCELLED
   */
  public static ActivationStatistics collect(
      Model model,
      StatisticsRequest request,
      Dataset data,
      int batch,
      Engine engine,
      Progress progress) {
    List<Span> spans = Span.cut(data.size(), request.holdout(), batch, data.fixedBatch());
    Set<String> looked = new LinkedHashSet<>(request.values());
    looked.addAll(request.rowWeights().values());
    if (looked.isEmpty()) {
      return new ActivationStatistics(Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), List.of());
    }
    Map<String, io.compressor.ir.Tensor> first =
        data.batch(spans.get(0).from(), spans.get(0).to()).inputs();
    Map<String, Observed> observed = Observed.of(model, looked, first);
    Pass.Setting setting =
        new Pass.Setting(data, engine, progress, RowMask.find(request.mask(), first));
    return new StatisticsCollector(model, request, spans, observed, setting).collect();
  }

  private ActivationStatistics collect() {
    List<List<HessianWork>> passes = HessianWork.plan(model, request, observed);
    int count = Math.max(1, passes.size()) + (request.histograms().isEmpty() ? 0 : 1);
    setting.progress().begin("statistics", (long) count * spans.size());
    Results results = new Results();
    for (int i = 0; i < Math.max(1, passes.size()); i++) {
      List<HessianWork> work = i < passes.size() ? passes.get(i) : List.of();
      List<Function<Views, Gauge>> gauges = new ArrayList<>();
      if (i == 0) {
        gauges.addAll(extents());
      }
      work.forEach(w -> gauges.add(w::gauge));
      results.add(pass(gauges, HessianWork.bytes(work)));
    }
    results.add(histograms(results));
    return results.build(leftOver());
  }

  private List<Function<Views, Gauge>> extents() {
    List<Function<Views, Gauge>> gauges = new ArrayList<>();
    Set<String> ranges = new LinkedHashSet<>(request.ranges());
    ranges.addAll(request.histograms());
    ranges.removeAll(request.channelRanges());
    request.channelRanges().forEach(v -> gauges.add(views -> new ChannelGauge(views, v)));
    ranges.forEach(v -> gauges.add(views -> new RangeGauge(views, v)));
    return gauges;
  }

  private List<Gauge> histograms(Results results) {
    Map<String, Range> known = new LinkedHashMap<>(results.ranges());
    known.keySet().retainAll(request.histograms());
    List<Function<Views, Gauge>> gauges = new ArrayList<>();
    known.forEach((value, range) -> gauges.add(views -> new HistogramGauge(views, value, range)));
    return pass(gauges, 0);
  }

  private List<Gauge> pass(List<Function<Views, Gauge>> gauges, long bytes) {
    if (gauges.isEmpty()) {
      return List.of();
    }
    Emit emit = new Emit(model);
    Views views = new Views(emit, request, observed, setting.mask());
    List<Gauge> made = gauges.stream().map(g -> g.apply(views)).toList();
    return Pass.run(emit, made, spans, bytes, setting);
  }

  private List<Finding> leftOver() {
    int used = spans.stream().mapToInt(s -> s.to() - s.from()).sum();
    int left = setting.data().size() - used;
    return left == 0
        ? List.of()
        : List.of(
            new Finding(
                "", left + " samples were not used: they do not fill a batch of the model", false));
  }
}
