package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Dim;
import io.compressor.ir.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * A window that slides over the n spatial axes of [batch, channels, …], as Conv and the pools
 * describe it. Padding is a constant wherever it does not depend on sizes known only at run time.
 */
final class Window {
  private final NodeGradient at;
  private final long[] kernel;
  private final long[] strides;
  private final long[] dilations;

  private Window(NodeGradient at, long[] kernel) {
    this.at = at;
    this.kernel = kernel;
    this.strides = ints("strides", 1);
    this.dilations = ints("dilations", 1);
  }

  /** A kernel of its own: attribute kernel_shape. */
  static Window of(NodeGradient at) {
    return new Window(
        at,
        at.node()
            .intsAttribute("kernel_shape")
            .orElseThrow(() -> at.unsupported("kernel_shape is missing", "")));
  }

  /** The kernel is the second input, [·, ·, k1, …, kn]. */
  static Window ofWeight(NodeGradient at) {
    Optional<long[]> given = at.node().intsAttribute("kernel_shape");
    return new Window(
        at,
        given
            .or(() -> spatial(at, at.input(1)))
            .orElseThrow(
                () ->
                    at.unsupported(
                        "the sizes of its kernel are not known", "set attribute kernel_shape")));
  }

  /** The spatial sizes of a value when they are known before the run. */
  static Optional<long[]> spatial(NodeGradient at, String value) {
    return at.dims(value)
        .filter(d -> d.size() > 2)
        .map(d -> d.subList(2, d.size()))
        .filter(d -> d.stream().allMatch(Dim.Fixed.class::isInstance))
        .map(d -> d.stream().mapToLong(one -> ((Dim.Fixed) one).size()).toArray());
  }

  int axes() {
    return kernel.length;
  }

  long kernel(int axis) {
    return kernel[axis];
  }

  long stride(int axis) {
    return strides[axis];
  }

  long dilation(int axis) {
    return dilations[axis];
  }

  /** What the dilated kernel covers. */
  long extent(int axis) {
    return dilations[axis] * (kernel[axis] - 1) + 1;
  }

  /** The number of kernel positions. */
  int positions() {
    return Math.toIntExact(Arrays.stream(kernel).reduce(1, (a, b) -> a * b));
  }

  boolean dense() {
    return Arrays.stream(strides).allMatch(s -> s == 1);
  }

  /** Whether each element lies in one window at most. */
  boolean disjoint() {
    return LongStream.range(0, axes()).allMatch(i -> strides[(int) i] >= extent((int) i));
  }

  /** The node's kernel_shape, strides and dilations, for another node over the same windows. */
  Attribute[] steps() {
    return new Attribute[] {
      Attribute.of("kernel_shape", kernel),
      Attribute.of("strides", strides),
      Attribute.of("dilations", dilations)
    };
  }

  private String auto() {
    return at.node().textAttribute("auto_pad", "NOTSET");
  }

  private boolean same() {
    return auto().startsWith("SAME");
  }

  /** [begin of each axis, end of each axis] around the input of a Conv or pool, when constant. */
  Optional<long[]> padding() {
    int n = axes();
    if (!same()) {
      return Optional.of(auto().equals("VALID") ? new long[2 * n] : ints("pads", 0, 2 * n));
    }
    Optional<long[]> sizes = spatial(at, at.input(0));
    if (sizes.isEmpty() && !dense()) {
      return Optional.empty();
    }
    long[] pads = new long[2 * n];
    for (int i = 0; i < n; i++) {
      long out = sizes.isEmpty() ? 0 : -Math.floorDiv(-sizes.get()[i], strides[i]);
      long all =
          dense()
              ? extent(i) - 1
              : Math.max(0, (out - 1) * strides[i] + extent(i) - sizes.get()[i]);
      pads[i] = auto().equals("SAME_LOWER") ? all - all / 2 : all / 2;
      pads[n + i] = all - pads[i];
    }
    return Optional.of(pads);
  }

  /** The same, int64 [2n], when it depends on the input's sizes; {@code SAME} is all there is. */
  String paddingAtRunTime() {
    Tape t = at.tape();
    String in = spatialShape(at.input(0));
    String step = t.longs(strides);
    String less = t.longs(LongStream.range(0, axes()).map(i -> extent((int) i)).toArray());
    String last = t.sub(t.div(t.add(in, t.sub(step, t.longs(1))), step), t.longs(1));
    String needed = t.sub(t.add(t.mul(last, step), less), in);
    String all = t.node("Max", List.of(needed, t.longs(0)));
    String half = t.div(all, t.longs(2));
    String rest = t.sub(all, half);
    boolean lower = auto().equals("SAME_LOWER");
    return t.concat(0, lower ? List.of(rest, half) : List.of(half, rest));
  }

  /** [begin…, end…] as int64 [2n]. */
  String pads() {
    return padding().map(at.tape()::longs).orElseGet(this::paddingAtRunTime);
  }

  /** int64 [n]. */
  String spatialShape(String value) {
    Tape t = at.tape();
    return spatial(at, value)
        .map(t::longs)
        .orElseGet(() -> t.node("Shape", List.of(value), Attribute.of("start", 2L)));
  }

  /** A value of the shape of the node's input, padded with zeros as the node pads it. */
  String padded(String x, String pads) {
    Tape t = at.tape();
    if (padding().filter(p -> Arrays.stream(p).allMatch(v -> v == 0)).isPresent()) {
      return x;
    }
    return t.node("Pad", List.of(x, wholePads(pads)));
  }

  /** Pads of the spatial axes as pads of all axes. */
  String wholePads(String pads) {
    Tape t = at.tape();
    String none = t.longs(0, 0);
    String begin = t.slice(pads, t.longs(0), t.longs(axes()), 0);
    String end = t.slice(pads, t.longs(axes()), t.longs(2L * axes()), 0);
    return t.concat(0, List.of(none, begin, none, end));
  }

  /**
   * What lies under one position of the kernel: of {@code padded}, every stride-th element.
   *
   * @param position in row-major order of the kernel
   * @param windows int64 [n], the number of windows along each axis
   */
  String under(String padded, int position, String windows) {
    Tape t = at.tape();
    if (positions() == 1 && dense()) {
      return padded;
    }
    long[] start = new long[axes()];
    for (int i = axes() - 1, rest = position; i >= 0; i--) {
      start[i] = dilations[i] * (rest % kernel[i]);
      rest /= (int) kernel[i];
    }
    String from = t.longs(start);
    String step = t.longs(strides);
    String to = t.add(t.add(t.mul(t.sub(windows, t.longs(1)), step), from), t.longs(1));
    String spatial = t.longs(LongStream.range(2, 2L + axes()).toArray());
    return t.node("Slice", List.of(padded, from, to, spatial, step));
  }

  private long[] ints(String name, long fallback) {
    return ints(name, fallback, kernel.length);
  }

  private long[] ints(String name, long fallback, int length) {
    Node node = at.node();
    long[] plain = new long[length];
    Arrays.fill(plain, fallback);
    return node.intsAttribute(name).filter(v -> v.length == length).orElse(plain);
  }
}
