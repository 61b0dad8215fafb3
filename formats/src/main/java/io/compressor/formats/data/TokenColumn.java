package io.compressor.formats.data;

import io.compressor.ir.ElementType;
import java.nio.ByteBuffer;

/**
 * One of the inputs that come from a tokenizer.
 *
 * @param what which of them
 * @param fixed length the model demands; 0 when it takes any
 * @param padding what stands behind the end of a sample
 */
record TokenColumn(
    What what, ElementType type, TokenStore store, TokenStore.Rows rows, int fixed, long padding)
    implements Column {
  /** What is written for a token. */
  enum What {
    /** Its value in the store: token ids and token types. */
    STORED,
    /** 0. */
    ZERO,
    /** 1. */
    ONE,
    /** Its place in the sample. */
    PLACE
  }

  @Override
  public long[] dims(int row) {
    return new long[] {fixed > 0 ? fixed : rows.lengths()[row]};
  }

  @Override
  public void write(int row, ByteBuffer out) {
    int length = rows.lengths()[row];
    int taken = fixed > 0 ? Math.min(fixed, length) : length;
    if (what == What.STORED) {
      store.copy(rows.starts()[row], taken, type, out);
    } else {
      for (int i = 0; i < taken; i++) {
        put(what == What.PLACE ? i : what == What.ONE ? 1 : 0, out);
      }
    }
    for (int i = taken; i < fixed; i++) {
      put(padding, out);
    }
  }

  private void put(long value, ByteBuffer out) {
    NumberCast.encode(new long[] {value}, 1, out, type);
  }
}
