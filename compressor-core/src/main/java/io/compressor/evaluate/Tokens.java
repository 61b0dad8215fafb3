package io.compressor.evaluate;

import io.compressor.ir.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch of texts says about its positions: ids [B,S] and mask [B,S], where the model has
 * such inputs.
 */
record Tokens(long @Nullable [] ids, long @Nullable [] mask, int length) {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";

  static Tokens of(Map<String, Tensor> feeds) {
    Tensor ids = matrix(feeds, IDS);
    Tensor mask = matrix(feeds, MASK);
    Tensor either = ids == null ? mask : ids;
    if (either == null) {
      return new Tokens(null, null, 0);
    }
    boolean fits = mask != null && mask.dims()[1] == either.dims()[1];
    return new Tokens(
        ids == null ? null : ids.toLongs(),
        fits && mask != null ? mask.toLongs() : null,
        (int) either.dims()[1]);
  }

  private static @Nullable Tensor matrix(Map<String, Tensor> feeds, String name) {
    Tensor tensor = feeds.get(name);
    return tensor != null && tensor.rank() == 2 && !tensor.type().isFloat() ? tensor : null;
  }

  /** Whether a position is not masked; positions that the mask does not describe count. */
  boolean counts(int row, int position, int positions) {
    return mask == null || positions != length || mask[row * length + position] != 0;
  }
}
