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

/** xᵀ x of a block of rows, on one thread of ONNX Runtime; thread-safe. */
final class Gram implements AutoCloseable {
  private final RuntimeSession session =
      RuntimeSession.open(
          Model.of(
              8,
              13,
              new Graph(
                  "gram",
                  List.of(
                      Node.of("Gemm", List.of("x", "x"), List.of("h"), Attribute.of("transA", 1))),
                  Map.of(),
                  List.of(),
                  List.of(Value.of("x", TensorType.of(ElementType.FLOAT, -1, -1))),
                  List.of(Value.of("h", TensorType.of(ElementType.FLOAT, -1, -1))),
                  List.of(),
                  Bytes.empty())),
          SessionSettings.withThreads(1));

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
