package io.compressor.graph.rewrite;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.TensorViews;
import io.compressor.ir.ElementType;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * y[c] = scale[c] · x[c] + shift[c] for every channel c (axis 1): what BatchNormalization and
 * elementwise arithmetic with a per-channel constant compute. In double, so that folding rounds
 * once.
 */
record ChannelAffine(double[] scale, double[] shift) {

  int channels() {
    return scale.length;
  }

  boolean hasShift() {
    return Arrays.stream(shift).anyMatch(s -> s != 0);
  }

  boolean isNonNegative() {
    return Arrays.stream(scale).allMatch(s -> s >= 0);
  }

  /** {@code factor[c]} taken out of the scale: this = result ∘ (factor · x). */
  ChannelAffine withoutFactor(double[] factor) {
    double[] rest = new double[scale.length];
    for (int c = 0; c < rest.length; c++) {
      rest[c] = scale[c] / factor[c];
    }
    return new ChannelAffine(rest, shift);
  }

  /** An inference-mode BatchNormalization with constant parameters. */
  static Optional<ChannelAffine> ofBatchNorm(Node node, GraphIndex index) {
    if (!node.is("BatchNormalization")
        || node.intAttribute("training_mode", 0) != 0
        || node.intAttribute("spatial", 1) != 1
        || node.outputs().stream().skip(1).anyMatch(index::isUsed)) {
      return Optional.empty();
    }
    float[][] p = new float[4][];
    for (int i = 0; i < 4; i++) {
      Optional<Tensor> constant = node.input(i + 1).flatMap(index::constant);
      if (constant.isEmpty()
          || constant.get().rank() != 1
          || constant.get().type() != ElementType.FLOAT) {
        return Optional.empty();
      }
      p[i] = constant.get().toFloats();
      if (p[i].length != p[0].length) {
        return Optional.empty();
      }
    }
    double epsilon = node.floatAttribute("epsilon", 1e-5f);
    double[] scale = new double[p[0].length];
    double[] shift = new double[p[0].length];
    for (int c = 0; c < scale.length; c++) {
      scale[c] = p[0][c] / Math.sqrt(p[3][c] + epsilon);
      shift[c] = p[1][c] - p[2][c] * scale[c];
    }
    return finite(scale) && finite(shift)
        ? Optional.of(new ChannelAffine(scale, shift))
        : Optional.empty();
  }

  /** Add, Sub, Mul or Div of a value of {@code rank} axes with a per-channel constant. */
  static Optional<ChannelAffine> ofArithmetic(
      Node node, String x, int rank, int channels, GraphIndex index) {
    if (node.inputs().size() != 2
        || !(node.is("Add") || node.is("Sub") || node.is("Mul") || node.is("Div"))) {
      return Optional.empty();
    }
    boolean second = node.inputs().get(0).equals(x);
    if (!second && (node.is("Sub") || node.is("Div"))) {
      return Optional.empty(); // constant - x and constant / x
    }
    return index
        .constant(node.inputs().get(second ? 1 : 0))
        .filter(t -> t.type() == ElementType.FLOAT)
        .flatMap(t -> perChannel(t, rank, channels))
        .map(v -> of(node.opType(), v))
        .filter(a -> finite(a.scale()) && finite(a.shift()));
  }

  private static ChannelAffine of(String op, double[] v) {
    double[] other = new double[v.length];
    return switch (op) {
      case "Mul" -> new ChannelAffine(v, other);
      case "Div" -> new ChannelAffine(Arrays.stream(v).map(d -> 1 / d).toArray(), other);
      default -> {
        Arrays.fill(other, 1);
        yield new ChannelAffine(
            other, op.equals("Sub") ? Arrays.stream(v).map(d -> -d).toArray() : v);
      }
    };
  }

  /** A constant that broadcasts along axis 1 only, one number a channel. */
  private static Optional<double[]> perChannel(Tensor t, int rank, int channels) {
    if (t.rank() > rank) {
      return Optional.empty();
    }
    long[] dims = t.dims();
    for (int i = 0; i < dims.length; i++) {
      boolean channelAxis = i + rank - dims.length == 1;
      if (dims[i] != 1 && !(channelAxis && dims[i] == channels)) {
        return Optional.empty();
      }
    }
    float[] values = TensorViews.withDims(t, t.elements()).toFloats();
    double[] out = new double[channels];
    for (int c = 0; c < channels; c++) {
      out[c] = values.length == 1 ? values[0] : values[c];
    }
    return Optional.of(out);
  }

  private static boolean finite(double[] values) {
    return Arrays.stream(values).allMatch(Double::isFinite);
  }
}
