package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import java.util.Arrays;
import java.util.List;

/**
 * The transpose of summing over the windows of a pool: a ConvTranspose with a kernel of ones,
 * channel by channel. A last window that ceil_mode lets hang over the end is a window like others.
 */
final class SumPool {
  private final NodeGradient at;
  private final Window window;
  private final String ones;

  SumPool(NodeGradient at) {
    this.at = at;
    this.window = Window.of(at);
    long[] kernel = new long[window.axes()];
    Arrays.setAll(kernel, window::kernel);
    this.ones = at.tape().filled(at.tape().concat(0, List.of(lone(), at.tape().longs(kernel))), 1);
  }

  /** One image of one channel. */
  private String lone() {
    return at.tape().longs(1, 1);
  }

  /**
   * @param g in the shape of the output
   * @return in the shape of the input, for each element the sum over the windows that hold it
   */
  String back(String g) {
    Tape t = at.tape();
    String x = at.input(0);
    String in = window.spatialShape(x);
    String images = t.mul(t.size(x, 0), t.size(x, 1));
    String out = window.spatialShape(at.output());
    String each = t.reshapeTo(g, t.concat(0, List.of(images, t.longs(1), out)));
    String whole = t.node("ConvTranspose", List.of(each, ones), window.steps());
    String begin = t.slice(window.pads(), t.longs(0), t.longs(window.axes()), 0);
    String made = reach(out);
    String cut = t.concat(0, List.of(t.neg(begin), t.sub(t.add(begin, in), made)));
    return t.reshapeLike(t.node("Pad", List.of(whole, window.wholePads(cut))), x);
  }

  /** What the windows cover of each axis, padding counted. */
  private String reach(String windows) {
    Tape t = at.tape();
    int n = window.axes();
    long[] strides = new long[n];
    long[] extents = new long[n];
    Arrays.setAll(strides, window::stride);
    Arrays.setAll(extents, window::extent);
    String last = t.mul(t.sub(windows, t.longs(1)), t.longs(strides));
    return t.add(last, t.longs(extents));
  }

  /**
   * One over what an average divides by, which near borders depends on count_include_pad and
   * ceil_mode: the node itself applied to ones, divided by the number of elements it saw.
   */
  String share() {
    Tape t = at.tape();
    boolean even =
        at.node().intAttribute("ceil_mode", 0) == 0
            && window.padding().filter(p -> Arrays.stream(p).allMatch(v -> v == 0)).isPresent();
    if (even) {
      return t.number(1.0 / window.positions());
    }
    int n = window.axes();
    String in = window.spatialShape(at.input(0));
    String plain = t.filled(t.concat(0, List.of(lone(), in)), 1);
    Attribute[] own = at.node().attributes().values().toArray(new Attribute[0]);
    String mean = t.node("AveragePool", List.of(plain), own);
    String windows = t.node("Shape", List.of(mean), Attribute.of("start", 2L));
    String begin = t.slice(window.pads(), t.longs(0), t.longs(n), 0);
    String end = t.sub(reach(windows), t.add(in, begin));
    String pads = window.wholePads(t.concat(0, List.of(begin, end)));
    String padded = t.node("Pad", List.of(plain, pads));
    return t.div(mean, t.node("Conv", List.of(padded, ones), window.steps()));
  }
}
