package io.compressor.graph;

import io.compressor.ir.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a float vector does to the values that it meets. */
public enum VectorRole {
  GAIN,
  BIAS;

  /** Operators and the inputs of theirs that are such vectors. */
  private static final Map<String, Map<Integer, VectorRole>> READERS =
      Map.of(
          "Add", Map.of(0, BIAS, 1, BIAS),
          "Mul", Map.of(0, GAIN, 1, GAIN),
          "Conv", Map.of(2, BIAS),
          "ConvTranspose", Map.of(2, BIAS),
          "Gemm", Map.of(2, BIAS),
          "MatMulNBits", Map.of(5, BIAS),
          "LayerNormalization", Map.of(1, GAIN, 2, BIAS),
          "SimplifiedLayerNormalization", Map.of(1, GAIN),
          "RMSNormalization", Map.of(1, GAIN),
          "BatchNormalization", Map.of(1, GAIN, 2, BIAS));

  /** The role that all readers of a value of rank 1 agree on; empty when they do not. */
  public static Optional<VectorRole> of(GraphIndex index, String value) {
    List<Node> readers = index.consumers(value);
    List<Optional<VectorRole>> roles = readers.stream().map(n -> of(n, value)).distinct().toList();
    return roles.size() == 1 ? roles.get(0) : Optional.empty();
  }

  private static Optional<VectorRole> of(Node reader, String value) {
    return Optional.ofNullable(
        READERS.getOrDefault(reader.opType(), Map.of()).get(reader.inputs().indexOf(value)));
  }
}
