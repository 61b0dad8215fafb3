package io.compressor.encoding;

import io.compressor.ir.Attribute;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether the int8 kernels of this machine saturate between products: each is run on a sum whose
 * terms are as large as can be, and the result compared with the exact one. What {@link
 * Int8Range#FULL} would cost here.
 */
public final class SaturationProbe {
  private static final int DEPTH = 64;
  private static final int WIDTH = 16;

  private SaturationProbe() {}

  /** The kernels that were tried, and which of them return wrong sums for full-range weights. */
  public record Saturation(boolean matMulInteger, boolean qLinearConv, boolean matMulNBits) {
    public boolean any() {
      return matMulInteger || qLinearConv || matMulNBits;
    }
  }

  /** Runs the three tiny models. */
  public static Saturation measure() {
    return new Saturation(saturates(matMul()), saturates(conv()), saturates(nBits()));
  }

  /** The range to use: full only where it was asked for and nothing saturates. */
  public static Int8Range range(Int8Range wanted) {
    return wanted == Int8Range.FULL && !measure().any() ? Int8Range.FULL : Int8Range.SAFE;
  }

  private static boolean saturates(Trial trial) {
    try (RuntimeSession session =
        RuntimeSession.open(trial.model(), SessionSettings.withThreads(1))) {
      return session.run(Map.of("x", trial.x())).values().stream()
          .anyMatch(y -> trial.isMissedBy(y.toFloats()));
    }
  }

  /** 255 · 127 · DEPTH in int32. */
  private static Trial matMul() {
    Tensor w = filled("w", ElementType.INT8, 127, DEPTH, WIDTH);
    return new Trial(
        model(
            13,
            ElementType.UINT8,
            ElementType.INT32,
            new long[] {1, DEPTH},
            List.of(Node.of("MatMulInteger", List.of("x", "w"), List.of("y"))),
            w),
        filled("x", ElementType.UINT8, 255, 1, DEPTH),
        255.0 * 127 * DEPTH);
  }

  /** The same sum, requantized to 200. */
  private static Trial conv() {
    Node node =
        Node.of(
            "QLinearConv",
            List.of("x", "one", "zero", "w", "one", "w_zero", "y_scale", "zero"),
            List.of("y"));
    return new Trial(
        model(
            13,
            ElementType.UINT8,
            ElementType.UINT8,
            new long[] {1, DEPTH, 2, 2},
            List.of(node),
            filled("w", ElementType.INT8, 127, WIDTH, DEPTH, 1, 1),
            Tensor.scalar("one", 1),
            Tensor.scalar("y_scale", 255f * 127 * DEPTH / 200),
            filled("zero", ElementType.UINT8, 0),
            filled("w_zero", ElementType.INT8, 0)),
        filled("x", ElementType.UINT8, 255, 1, DEPTH, 2, 2),
        200);
  }

  /** Ones times weights of 127 (8-bit codes of 255 with zero point 128). */
  private static Trial nBits() {
    Node node =
        Node.in(
            "com.microsoft",
            "MatMulNBits",
            List.of("x", "w", "scales"),
            List.of("y"),
            Attribute.of("K", DEPTH),
            Attribute.of("N", WIDTH),
            Attribute.of("bits", 8),
            Attribute.of("block_size", DEPTH),
            Attribute.of("accuracy_level", 4));
    float[] ones = new float[DEPTH];
    Arrays.fill(ones, 1);
    float[] scales = new float[WIDTH];
    Arrays.fill(scales, 1);
    return new Trial(
        model(
                13,
                ElementType.FLOAT,
                ElementType.FLOAT,
                new long[] {1, DEPTH},
                List.of(node),
                filled("w", ElementType.UINT8, 255, WIDTH, 1, DEPTH),
                Tensor.ofFloats("scales", new long[] {WIDTH, 1}, scales))
            .withOpset("com.microsoft", 1),
        Tensor.ofFloats("x", new long[] {1, DEPTH}, ones),
        127.0 * DEPTH);
  }

  private static Model model(
      long opset,
      ElementType in,
      ElementType out,
      long[] x,
      List<Node> nodes,
      Tensor... constants) {
    Map<String, Tensor> initializers = new LinkedHashMap<>();
    Arrays.stream(constants).forEach(t -> initializers.put(t.name(), t));
    long[] y = x.clone();
    y[1] = WIDTH;
    return Model.of(
        8,
        opset,
        new Graph(
            "saturation",
            nodes,
            initializers,
            List.of(),
            List.of(Value.of("x", TensorType.of(in, x))),
            List.of(Value.of("y", TensorType.of(out, y))),
            List.of(),
            Bytes.empty()));
  }

  private static Tensor filled(String name, ElementType type, int value, long... dims) {
    byte[] raw = new byte[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
    Arrays.fill(raw, (byte) value);
    return Tensor.ofBytes(name, type, dims, raw);
  }

  private record Trial(Model model, Tensor x, double exact) {
    boolean isMissedBy(float[] y) {
      for (float v : y) {
        if (!(Math.abs(v - exact) <= 0.02 * exact)) {
          return true;
        }
      }
      return false;
    }
  }
}
