package io.compressor.statistics;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One Hessian to collect.
 *
 * @param names to file it under
 * @param groups of a convolution, else 1
 * @param size columns of the weight
 * @param rows in the first batch, over all samples
 */
record HessianWork(
    String value,
    List<String> names,
    Optional<ConvWindow> window,
    int groups,
    int size,
    long rows) {

  /** Passes over the data, each with Hessians that lie close together in the graph. */
  static List<List<HessianWork>> plan(
      Model model, StatisticsRequest request, Map<String, Observed> observed) {
    List<HessianWork> all = new ArrayList<>();
    for (String value : request.hessians()) {
      all.add(of(value, List.of(value), Optional.empty(), request, observed));
    }
    Map<ConvInput, List<String>> inputs = new LinkedHashMap<>();
    request
        .convHessians()
        .forEach((name, in) -> inputs.computeIfAbsent(in, i -> new ArrayList<>()).add(name));
    inputs.forEach(
        (in, names) -> all.add(of(in.value(), names, Optional.of(in.window()), request, observed)));
    requireRoom(all, request.holdout() > 0 ? 16 : 8);
    Map<String, Integer> order = order(model);
    all.sort(Comparator.comparingInt(w -> order.getOrDefault(w.value(), -1)));
    List<List<HessianWork>> passes = new ArrayList<>();
    long left = 0;
    for (HessianWork work : all) {
      if (passes.isEmpty() || work.bytes() > left) {
        passes.add(new ArrayList<>());
        left = StatisticsCollector.PASS_BYTES;
      }
      passes.get(passes.size() - 1).add(work);
      left -= work.bytes();
    }
    return passes;
  }

  /** Of float32 that one run returns for all of them. */
  static long bytes(List<HessianWork> work) {
    return work.stream().mapToLong(HessianWork::bytes).sum();
  }

  Gauge gauge(Views views) {
    Emit emit = views.emit();
    if (groups > 1) {
      String x = views.patches(value, window.orElseThrow());
      return MatrixGauge.grouped(emit, value, names, groups, size, x);
    }
    String x = window.map(w -> views.patchRows(value, w)).orElseGet(() -> views.rows(value));
    Optional<String> w = window.isPresent() ? Optional.empty() : views.weights(value);
    return rows < size
        ? new RowGauge(emit, value, names, size, x, w)
        : MatrixGauge.dense(emit, value, names, size, x, w);
  }

  private long elements() {
    return (long) groups * size * size;
  }

  /** Of float32 that one run returns: rows where these are fewer than columns, else products. */
  private long bytes() {
    return 4 * (groups > 1 ? elements() : Math.min(rows, size) * size);
  }

  private static HessianWork of(
      String value,
      List<String> names,
      Optional<ConvWindow> window,
      StatisticsRequest request,
      Map<String, Observed> observed) {
    Observed seen = observed.get(value);
    long[] dims = seen == null ? new long[0] : seen.dims();
    long groups = 1;
    long size;
    long rows;
    if (window.isPresent()) {
      ConvWindow w = window.get();
      if (dims.length != w.kernel().size() + 2 || dims[1] % w.group() != 0) {
        throw bad(value, "has " + dims.length + " axes, the convolution's window does not fit");
      }
      groups = w.group();
      size = w.columns(dims[1]);
      rows = dims[0] * w.outputs(dims);
    } else {
      int axis = request.channelAxes().getOrDefault(value, -1);
      size = dims.length == 0 ? 1 : dims[Math.floorMod(axis, dims.length)];
      rows = Arrays.stream(dims).reduce(1, (a, b) -> a * b) / Math.max(1, size);
    }
    if (size < 1 || size > 46_000 || groups * size * size > Integer.MAX_VALUE - 8) {
      throw bad(value, "needs a Hessian of " + size + " x " + size + ", more than one array holds");
    }
    return new HessianWork(value, List.copyOf(names), window, (int) groups, (int) size, rows);
  }

  private static void requireRoom(List<HessianWork> all, long bytesEach) {
    long needed = all.stream().mapToLong(w -> w.elements() * bytesEach).sum();
    long heap = Runtime.getRuntime().maxMemory();
    if (needed > heap / 10 * 7) {
      throw new CompressorException(
          ErrorCode.USAGE,
          "statistics",
          "%d Hessians need %d MiB, the heap has %d MiB"
              .formatted(all.size(), needed >> 20, heap >> 20),
          "allow more memory, or collect the values in several requests");
    }
  }

  private static Map<String, Integer> order(Model model) {
    Map<String, Integer> order = new HashMap<>();
    for (int i = 0; i < model.graph().nodes().size(); i++) {
      int at = i;
      model.graph().nodes().get(i).outputs().forEach(o -> order.put(o, at));
    }
    return order;
  }

  private static CompressorException bad(String value, String message) {
    return new CompressorException(ErrorCode.USAGE, value, message, "leave the value out");
  }
}
