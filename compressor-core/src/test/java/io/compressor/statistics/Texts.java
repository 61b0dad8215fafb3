package io.compressor.statistics;

import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;

/** Token models and ragged token data. */
final class Texts {
  static final int WIDTH = 6;

  private Texts() {}

  /** x [batch, length, 6] → MatMul → h [batch, length, 10] → Relu → a → MatMul → y. */
  static Model model(long opset) {
    return model(
        opset,
        List.of(
            Node.of("MatMul", List.of("x", "w1"), List.of("h")),
            Node.of("Relu", List.of("h"), List.of("a")),
            Node.of("MatMul", List.of("a", "w2"), List.of("y"))));
  }

  static Model model(long opset, List<Node> nodes) {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    constants.put("w1", noise("w1", 1, WIDTH, 10));
    constants.put("w2", noise("w2", 2, 10, WIDTH));
    List<Dim> tokens = List.of(new Dim.Named("batch"), new Dim.Named("length"));
    List<Dim> wide = new ArrayList<>(tokens);
    wide.add(new Dim.Fixed(WIDTH));
    return Model.of(
        8,
        opset,
        new Graph(
            "texts",
            nodes,
            constants,
            List.of(),
            List.of(
                Value.of("x", new TensorType(ElementType.FLOAT, Optional.of(wide))),
                Value.of("attention_mask", new TensorType(ElementType.INT64, Optional.of(tokens)))),
            List.of(new Value("y", Optional.empty(), Bytes.empty())),
            List.of(),
            Bytes.empty()));
  }

  /** One sample a length; the mask is all ones, batches pad with zeros. */
  static MemoryData data(int samples, IntUnaryOperator length) {
    List<Map<String, Tensor>> all = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      int n = length.applyAsInt(i);
      long[] ones = new long[n];
      Arrays.fill(ones, 1);
      Map<String, Tensor> sample = new LinkedHashMap<>();
      sample.put("x", noise("x", 100 + i, n, WIDTH));
      sample.put("attention_mask", Tensor.ofLongs("attention_mask", new long[] {n}, ones));
      all.add(sample);
    }
    return MemoryData.of(all);
  }

  /** Real rows of x over samples [from, to). */
  static double[][] rows(MemoryData data, int from, int to) {
    double[][] all = new double[0][];
    for (int i = from; i < to; i++) {
      all = Naive.concat(all, Naive.rows(data.samples().get(i).get("x").toFloats(), WIDTH));
    }
    return all;
  }

  static Tensor noise(String name, long seed, long... dims) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return Tensor.ofFloats(name, dims, values);
  }
}
