package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Dim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * dW[m, c, k] = Σ g[n, m, p] · x[n, c, p·stride + k·dilation] over batch n and window p: for each
 * position k of the kernel a strided slice of the padded x and a matrix product. That takes half
 * the time of the textbook's Conv with swapped axes, whose kernels are as large as an image.
 *
 * <p>The products are either one for the whole batch, with channels moved to the front, or one for
 * each image, summed afterwards; whichever moves less memory.
 */
final class KernelGradient {
  private static final Dim ONE = new Dim.Fixed(1);

  private final NodeGradient at;
  private final Window window;
  private final String weight;
  private final long groups;

  KernelGradient(NodeGradient at, Window window, long groups) {
    this.at = at;
    this.window = window;
    this.weight = at.input(1);
    this.groups = groups;
  }

  /**
   * @param x [N, C, …], padded
   * @param g [N, M, windows]
   * @param windows int64 [n], the sizes of {@code g}
   * @param count the number of windows, when known before the run
   * @return in the shape of the weight, [M, C/groups, k1, …, kn]
   */
  String of(String x, String g, String windows, Optional<Long> count) {
    List<Dim> dims = at.dims(weight).orElse(List.of());
    if (dims.size() > 2 && dims.get(0).equals(new Dim.Fixed(groups)) && dims.get(1).equals(ONE)) {
      return depthwise(x, g, windows);
    }
    return count.isPresent() && imageByImage(dims, count.get())
        ? images(x, g, windows)
        : batch(x, g, windows);
  }

  /** A product for each image writes M·C numbers a position; moving channels costs (M + C)·p. */
  private boolean imageByImage(List<Dim> dims, long count) {
    if (dims.size() > 2
        && dims.get(0) instanceof Dim.Fixed m
        && dims.get(1) instanceof Dim.Fixed c) {
      return window.positions() * m.size() * c.size() < (m.size() + groups * c.size()) * count;
    }
    return false;
  }

  private String images(String x, String g, String windows) {
    Tape t = at.tape();
    String length = product(windows);
    List<String> lead = List.of(t.size(g, 0), t.longs(groups));
    String left = rows(g, lead, size(0), length);
    List<String> parts = new ArrayList<>();
    for (int k = 0; k < window.positions(); k++) {
      String right = rows(window.under(x, k, windows), lead, size(1), length);
      String products = t.node("MatMul", List.of(left, t.swapLast(right, 4)));
      parts.add(t.sumKept(products, 0));
    }
    return gather(parts);
  }

  private String batch(String x, String g, String windows) {
    Tape t = at.tape();
    String channels = channelsFirst(x);
    String length = t.mul(t.size(g, 0), product(windows));
    List<String> lead = groups == 1 ? List.of() : List.of(t.longs(groups));
    String left = rows(channelsFirst(g), lead, size(0), length);
    List<String> parts = new ArrayList<>();
    for (int k = 0; k < window.positions(); k++) {
      String right = rows(window.under(channels, k, windows), lead, size(1), length);
      parts.add(
          groups == 1
              ? t.unsqueeze(t.gemm(left, false, right, true), 0)
              : t.unsqueeze(t.node("MatMul", List.of(left, t.swapLast(right, 3))), 0));
    }
    return gather(parts);
  }

  /** Each input channel meets one output channel: products element by element. */
  private String depthwise(String x, String g, String windows) {
    Tape t = at.tape();
    long[] others = LongStream.range(1, 2L + window.axes()).toArray();
    others[0] = 0;
    List<String> parts = new ArrayList<>();
    for (int k = 0; k < window.positions(); k++) {
      parts.add(t.unsqueeze(t.sum(t.mul(g, window.under(x, k, windows)), others), 1));
    }
    return t.reshapeLike(t.concat(1, parts), weight);
  }

  /** Parts [1, …] of all positions as [M, C/groups, k1, …, kn]. */
  private String gather(List<String> parts) {
    Tape t = at.tape();
    String all = t.concat(0, parts);
    String last = parts.size() == 1 ? all : t.transpose(t.reshapeTo(all, shape(parts)), 1, 2, 0);
    return t.reshapeLike(last, weight);
  }

  /** [k, M, C/groups]. */
  private String shape(List<String> parts) {
    Tape t = at.tape();
    return t.concat(0, List.of(t.longs(parts.size()), t.size(weight, 0), t.size(weight, 1)));
  }

  private String channelsFirst(String x) {
    long[] perm = LongStream.range(0, 2L + window.axes()).toArray();
    perm[0] = 1;
    perm[1] = 0;
    return at.tape().transpose(x, perm);
  }

  /** Channels of one group, int64 [1]: of the output (0) or the input (1). */
  private String size(int axis) {
    Tape t = at.tape();
    String whole = t.size(weight, axis);
    return axis == 1 || groups == 1 ? whole : t.div(whole, t.longs(groups));
  }

  /** Matrices [lead…, channels, length]; all of them int64 [1]. */
  private String rows(String x, List<String> lead, String channels, String length) {
    List<String> dims = new ArrayList<>(lead);
    dims.add(channels);
    dims.add(length);
    return at.tape().reshapeTo(x, at.tape().concat(0, dims));
  }

  private String product(String sizes) {
    return at.tape().node("ReduceProd", List.of(sizes), Attribute.of("keepdims", 1L));
  }

  /** The number of windows of an image, from their number along each axis. */
  static Optional<Long> count(Optional<long[]> windows) {
    return windows.map(w -> Arrays.stream(w).reduce(1, (a, b) -> a * b));
  }
}
