package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * ConvTranspose of input [N, C, …] by weight [C, M/groups, …]: the gradient by its input is the
 * Conv that it is the transpose of, and its weight is that Conv's.
 */
final class ConvTransposeRule {
  private ConvTransposeRule() {}

  static void convTranspose(NodeGradient at) {
    Window window = Window.ofWeight(at);
    long groups = at.node().intAttribute("group", 1);
    long[] pads = padding(at, window);
    Tape t = at.tape();
    String g = at.gradient();
    ConvRules.bias(at, window, g);
    if (!at.wants(0) && !at.wants(1)) {
      return;
    }
    String padded =
        Arrays.stream(pads).allMatch(p -> p == 0)
            ? g
            : t.node("Pad", List.of(g, window.wholePads(t.longs(pads))));
    if (at.wants(0)) {
      List<Attribute> attributes = new ArrayList<>(Arrays.asList(window.steps()));
      attributes.add(Attribute.of("group", groups));
      at.give(
          0, t.node("Conv", List.of(padded, at.input(1)), attributes.toArray(new Attribute[0])));
    }
    if (at.wants(1)) {
      String x = at.input(0);
      Optional<long[]> windows = Window.spatial(at, x);
      at.give(
          1,
          new KernelGradient(at, window, groups)
              .of(padded, x, window.spatialShape(x), KernelGradient.count(windows)));
    }
  }

  /** What was cut from the whole result at both ends of each axis; less than 0 where it grew. */
  private static long[] padding(NodeGradient at, Window window) {
    int n = window.axes();
    long[] pads = new long[2 * n];
    long[] more = at.node().intsAttribute("output_padding").orElse(new long[n]);
    String auto = at.node().textAttribute("auto_pad", "NOTSET");
    Optional<long[]> target = at.node().intsAttribute("output_shape");
    if (auto.startsWith("SAME") || target.isPresent()) {
      for (int i = 0; i < n; i++) {
        long all = window.extent(i) + more[i] - window.stride(i);
        if (target.isPresent()) {
          long[] in = Window.spatial(at, at.input(0)).orElseThrow(() -> sizes(at));
          long[] out = target.get();
          all += in[i] * window.stride(i) - out[out.length - n + i];
        }
        if (all < 0) {
          throw at.unsupported("its output is larger than what it computes", "give pads");
        }
        pads[i] = auto.equals("SAME_UPPER") ? all / 2 : all - all / 2;
        pads[n + i] = all - pads[i];
      }
    } else if (!auto.equals("VALID")) {
      long[] given = at.node().intsAttribute("pads").orElse(pads);
      System.arraycopy(given, 0, pads, 0, 2 * n);
    }
    for (int i = 0; i < n; i++) {
      pads[n + i] -= more[i];
    }
    return pads;
  }

  private static io.compressor.error.CompressorException sizes(NodeGradient at) {
    return at.unsupported(
        "attribute output_shape with input sizes known only at run time", "give pads instead");
  }
}
