package io.compressor.statistics;

import io.compressor.ir.Tensor;
import java.util.Map;
import java.util.Optional;

/**
 * The input that tells real rows from padding.
 *
 * @param batch samples in the batch that was looked at
 * @param length padded length in that batch
 */
public record RowMask(String input, long batch, long length) {
  /** The mask of shape [batch, length] of that name, if it is among the feeds. */
  public static Optional<RowMask> find(Optional<String> input, Map<String, Tensor> feeds) {
    return input
        .flatMap(name -> Optional.ofNullable(feeds.get(name)))
        .filter(t -> t.rank() == 2)
        .map(t -> new RowMask(t.name(), t.dims()[0], t.dims()[1]));
  }

  /** Whether a value of this shape has one row for each position of the mask, in its order. */
  public boolean covers(long[] dims) {
    return dims.length == 3
        ? dims[0] == batch && dims[1] == length
        : dims.length == 2 && length > 1 && dims[0] == batch * length;
  }

  /** Whether a batch has nothing but padding. */
  boolean isEmpty(Map<String, Tensor> feeds) {
    Tensor mask = feeds.get(input);
    if (mask != null) {
      for (float real : mask.toFloats()) {
        if (real != 0) {
          return false;
        }
      }
    }
    return mask != null;
  }
}
