package io.compressor.statistics;

import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a Conv reads for one output position, so that its input can be laid out as rows of the
 * weight's [in] columns (im2col): in = channels / group · kernel size, in the order channel, kernel
 * position.
 *
 * @param kernel sizes, one a spatial axis
 * @param strides empty for ones, as in ONNX
 * @param pads begins then ends; empty for zeros
 * @param dilations empty for ones
 * @param autoPad NOTSET, SAME_UPPER, SAME_LOWER or VALID
 * @param every reads only each such output position along every spatial axis; neighbours are much
 *     alike, so 2 or 3 saves time and memory at little loss
 */
public record ConvWindow(
    List<Long> kernel,
    List<Long> strides,
    List<Long> pads,
    List<Long> dilations,
    String autoPad,
    int group,
    int every) {
  public ConvWindow {
    kernel = List.copyOf(kernel);
    strides = List.copyOf(strides);
    pads = List.copyOf(pads);
    dilations = List.copyOf(dilations);
    if (kernel.isEmpty() || group < 1 || every < 1) {
      throw new IllegalArgumentException(
          "kernel " + kernel + ", group " + group + ", every " + every);
    }
  }

  /**
   * The window of a Conv node.
   *
   * @param weightDims [out, in / group, kernel…]
   */
  public static ConvWindow of(Node conv, long[] weightDims) {
    return new ConvWindow(
        list(Arrays.copyOfRange(weightDims, 2, weightDims.length)),
        list(conv.intsAttribute("strides").orElse(new long[0])),
        list(conv.intsAttribute("pads").orElse(new long[0])),
        list(conv.intsAttribute("dilations").orElse(new long[0])),
        conv.textAttribute("auto_pad", "NOTSET"),
        Math.toIntExact(conv.intAttribute("group", 1)),
        1);
  }

  /** The same window at every {@code n}-th output position. */
  public ConvWindow thinned(int n) {
    return new ConvWindow(kernel, strides, pads, dilations, autoPad, group, n);
  }

  /** Positions in the kernel. */
  int positions() {
    return Math.toIntExact(kernel.stream().reduce(1L, Math::multiplyExact));
  }

  /** Output positions that are read of one sample with these dimensions [batch, channels, …]. */
  long outputs(long[] dims) {
    long all = 1;
    long[] steps = steps();
    for (int i = 0; i < steps.length; i++) {
      long reach = (kernel.get(i) - 1) * (i < dilations.size() ? dilations.get(i) : 1L);
      long padded = dims[i + 2];
      if (!pads.isEmpty()) {
        padded += pads.get(i) + pads.get(i + steps.length);
      }
      boolean same = autoPad.startsWith("SAME");
      all *= same ? -Math.floorDiv(-padded, steps[i]) : (padded - reach - 1) / steps[i] + 1;
    }
    return Math.max(0, all);
  }

  /** Columns of the weight for an input of that many channels. */
  int columns(long channels) {
    return Math.toIntExact(Math.multiplyExact(channels / group, (long) positions()));
  }

  /** Attributes of a Conv that reads the same positions with one group a channel. */
  Attribute[] perChannel(long channels) {
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.of("group", channels));
    attributes.add(Attribute.of("kernel_shape", array(kernel)));
    if (!pads.isEmpty()) {
      attributes.add(Attribute.of("pads", array(pads)));
    }
    if (!dilations.isEmpty()) {
      attributes.add(Attribute.of("dilations", array(dilations)));
    }
    if (!autoPad.isEmpty()) {
      attributes.add(Attribute.of("auto_pad", autoPad));
    }
    attributes.add(Attribute.of("strides", steps()));
    return attributes.toArray(Attribute[]::new);
  }

  private long[] steps() {
    long[] steps = new long[kernel.size()];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = every * (i < strides.size() ? strides.get(i) : 1L);
    }
    return steps;
  }

  private static long[] array(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private static List<Long> list(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
