package io.compressor.ir;

import java.util.Optional;

/**
 * A named graph input, output or intermediate value with what is declared about it.
 *
 * @param type the tensor type; empty for sequences, maps, optionals, sparse tensors and undeclared
 * @param message the ValueInfoProto as read from a file, repeated verbatim by the writer; empty
 *     when the value was made here
 */
public record Value(String name, Optional<TensorType> type, Bytes message) {
  public static Value of(String name, TensorType type) {
    return new Value(name, Optional.of(type), Bytes.empty());
  }
}
