package io.compressor.ir;

import java.util.List;
import java.util.Optional;

/**
 * Element type and shape of a value.
 *
 * @param dims empty when the rank is unknown
 */
public record TensorType(ElementType elementType, Optional<List<Dim>> dims) {
  public TensorType {
    dims = dims.map(List::copyOf);
  }

  /** A type of known rank; negative numbers become unknown dimensions. */
  public static TensorType of(ElementType elementType, long... dims) {
    return new TensorType(
        elementType,
        Optional.of(
            java.util.Arrays.stream(dims)
                .mapToObj(d -> d < 0 ? (Dim) new Dim.Unknown() : new Dim.Fixed(d))
                .toList()));
  }

  @Override
  public String toString() {
    return elementType.name().toLowerCase(java.util.Locale.ROOT)
        + dims.map(d -> d.toString().replace(", ", "x")).orElse("[...]");
  }
}
