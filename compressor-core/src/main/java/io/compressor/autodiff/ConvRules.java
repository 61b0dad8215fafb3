package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/** Conv over any number of spatial axes; its input [N, C, …], weight [M, C/groups, …], bias [M]. */
final class ConvRules {
  private ConvRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("Conv", ConvRules::conv);
    rules.put("ConvTranspose", ConvTransposeRule::convTranspose);
  }

  private static void conv(NodeGradient at) {
    Window window = Window.ofWeight(at);
    long groups = at.node().intAttribute("group", 1);
    String g = at.gradient();
    if (at.wants(0)) {
      at.give(0, input(at, window, groups, g));
    }
    if (at.wants(1)) {
      String x = window.padded(at.input(0), window.pads());
      Optional<long[]> windows = Window.spatial(at, at.output());
      at.give(
          1,
          new KernelGradient(at, window, groups)
              .of(x, g, window.spatialShape(at.output()), KernelGradient.count(windows)));
    }
    bias(at, window, g);
  }

  static void bias(NodeGradient at, Window window, String g) {
    if (at.wants(2)) {
      long[] others = LongStream.range(1, 2L + window.axes()).toArray();
      others[0] = 0;
      at.give(2, at.tape().sum(g, others));
    }
  }

  private static String input(NodeGradient at, Window window, long groups, String g) {
    Optional<long[]> pads = window.padding();
    if (pads.isPresent() && window.dense() && flippedPaysOff(window, pads.get())) {
      return byFlippedKernel(at, window, groups, g, pads.get());
    }
    return byTranspose(at, window, groups, g, pads);
  }

  /**
   * The Conv back pads by what the node did not; it computes more than needed where that is much.
   */
  private static boolean flippedPaysOff(Window window, long[] pads) {
    int n = window.axes();
    return LongStream.range(0, n)
        .allMatch(
            i -> {
              long all = window.extent((int) i) - 1;
              long given = pads[(int) i] + pads[n + (int) i];
              return pads[(int) i] <= all && pads[n + (int) i] <= all && given >= all;
            });
  }

  /** Windows one step apart: the same kind of Conv, the kernel reversed, its channels swapped. */
  private static String byFlippedKernel(
      NodeGradient at, Window window, long groups, String g, long[] pads) {
    int n = window.axes();
    long[] back = new long[2 * n];
    for (int i = 0; i < n; i++) {
      back[i] = window.extent(i) - 1 - pads[i];
      back[n + i] = window.extent(i) - 1 - pads[n + i];
    }
    List<Attribute> attributes = new ArrayList<>(Arrays.asList(window.steps()));
    attributes.add(Attribute.of("pads", back));
    attributes.add(Attribute.of("group", groups));
    return at.tape()
        .node(
            "Conv", List.of(g, flipped(at, window, groups)), attributes.toArray(new Attribute[0]));
  }

  private static String flipped(NodeGradient at, Window window, long groups) {
    Tape t = at.tape();
    int n = window.axes();
    String w = at.input(1);
    if (window.positions() > 1) {
      long[] from = new long[n];
      Arrays.fill(from, -1);
      long[] to = new long[n];
      Arrays.fill(to, Long.MIN_VALUE);
      String axes = t.longs(LongStream.range(2, 2L + n).toArray());
      w = t.node("Slice", List.of(w, t.longs(from), t.longs(to), axes, t.longs(from)));
    }
    long[] perm = LongStream.range(0, n + 2L).toArray();
    if (groups == 1) {
      perm[0] = 1;
      perm[1] = 0;
      return t.transpose(w, perm);
    }
    String out = t.div(t.size(w, 0), t.longs(groups));
    String in = t.size(w, 1);
    String kernel = t.node("Shape", List.of(w), Attribute.of("start", 2L));
    String split = t.reshapeTo(w, t.concat(0, List.of(t.longs(groups), out, in, kernel)));
    perm = LongStream.range(0, n + 3L).toArray();
    perm[1] = 2;
    perm[2] = 1;
    String whole = t.mul(in, t.longs(groups));
    return t.reshapeTo(t.transpose(split, perm), t.concat(0, List.of(whole, out, kernel)));
  }

  /** What fell off at the end of the input is padded with zeros; the padding is cut. */
  private static String byTranspose(
      NodeGradient at, Window window, long groups, String g, Optional<long[]> pads) {
    Tape t = at.tape();
    List<Attribute> attributes = new ArrayList<>(Arrays.asList(window.steps()));
    attributes.add(Attribute.of("group", groups));
    Optional<long[]> rest = pads.flatMap(p -> leftOver(at, window, p));
    if (rest.isPresent()) {
      attributes.add(Attribute.of("pads", pads.orElseThrow()));
      attributes.add(Attribute.of("output_padding", rest.get()));
    }
    String whole =
        t.node("ConvTranspose", List.of(g, at.input(1)), attributes.toArray(new Attribute[0]));
    if (rest.isPresent()) {
      return whole;
    }
    String begin = t.slice(window.pads(), t.longs(0), t.longs(window.axes()), 0);
    String reach = t.add(begin, window.spatialShape(at.input(0)));
    String made = t.node("Shape", List.of(whole), Attribute.of("start", 2L));
    String cut = t.concat(0, List.of(t.neg(begin), t.sub(reach, made)));
    return t.node("Pad", List.of(whole, window.wholePads(cut)));
  }

  /** Elements at the end of each axis that no window reaches; always none for steps of one. */
  private static Optional<long[]> leftOver(NodeGradient at, Window window, long[] pads) {
    int n = window.axes();
    Optional<long[]> sizes = Window.spatial(at, at.input(0));
    if (window.dense()) {
      return Optional.of(new long[n]);
    }
    return sizes.map(
        s -> {
          long[] rest = new long[n];
          for (int i = 0; i < n; i++) {
            long room = s[i] + pads[i] + pads[n + i] - window.extent(i);
            rest[i] = Math.floorMod(room, window.stride(i));
          }
          return rest;
        });
  }
}
