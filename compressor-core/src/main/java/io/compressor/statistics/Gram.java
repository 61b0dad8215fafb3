package io.compressor.statistics;

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
import java.util.List;
import java.util.Map;

/**
 * xᵀ x of a block of rows, on one thread of ONNX Runtime; thread-safe. The result is symmetric, so
 * of its four quarters three are multiplied and one is copied.
 */
final class Gram implements AutoCloseable {
  private final RuntimeSession session =
      RuntimeSession.open(model(), SessionSettings.withThreads(1));

  private static Model model() {
    Map<String, Tensor> constants =
        Map.of("zero", at("zero", 0), "one", at("one", 1), "two", at("two", 2));
    List<Node> nodes =
        List.of(
            Node.of("Shape", List.of("x"), List.of("shape")),
            Node.of("Gather", List.of("shape", "one"), List.of("n")),
            Node.of("Div", List.of("n", "two"), List.of("half")),
            Node.of("Slice", List.of("x", "zero", "half", "one"), List.of("a")),
            Node.of("Slice", List.of("x", "half", "n", "one"), List.of("b")),
            Node.of("Gemm", List.of("a", "a"), List.of("aa"), Attribute.of("transA", 1)),
            Node.of("Gemm", List.of("a", "b"), List.of("ab"), Attribute.of("transA", 1)),
            Node.of("Gemm", List.of("b", "b"), List.of("bb"), Attribute.of("transA", 1)),
            Node.of("Transpose", List.of("ab"), List.of("ba")),
            Node.of("Concat", List.of("aa", "ab"), List.of("top"), Attribute.of("axis", 1)),
            Node.of("Concat", List.of("ba", "bb"), List.of("bottom"), Attribute.of("axis", 1)),
            Node.of("Concat", List.of("top", "bottom"), List.of("h"), Attribute.of("axis", 0)));
    return Model.of(
        8,
        13,
        new Graph(
            "gram",
            nodes,
            constants,
            List.of(),
            List.of(Value.of("x", TensorType.of(ElementType.FLOAT, -1, -1))),
            List.of(Value.of("h", TensorType.of(ElementType.FLOAT, -1, -1))),
            List.of(),
            Bytes.empty()));
  }

  private static Tensor at(String name, long value) {
    return Tensor.ofLongs(name, new long[] {1}, value);
  }

  /**
   * @param rows [rows, n] float32
   * @return [n × n]
   */
  float[] of(Tensor rows) {
    return Gauge.get(session.run(Map.of("x", rows)), "h").toFloats();
  }

  @Override
  public void close() {
    session.close();
  }
}
