package io.compressor.formats.onnx;

import io.compressor.ir.Tensor;
import java.util.Optional;

/** Decides which tensors are written as references to a file instead of with their bytes. */
@FunctionalInterface
interface Placement {
  /** A run of bytes in an external file. */
  record Reference(String location, long offset, long length) {}

  Placement INLINE = tensor -> Optional.empty();

  /** Asked for every initializer, subgraphs included; empty for inline. */
  Optional<Reference> of(Tensor initializer);
}
