package io.compressor.formats.data;

import io.compressor.ir.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/** The values of one model input for every sample. Safe to read from many threads. */
interface Column {
  /** Element type of what {@link #write} gives: the model's. */
  ElementType type();

  /** Shape of a sample, without a sample axis. */
  long[] dims(int row);

  /** Appends the sample's elements, row-major and little-endian. */
  void write(int row, ByteBuffer out);

  /** What ragged samples are padded with at the end of their last axis. */
  default long padding() {
    return 0;
  }

  /** How samples make up the input. */
  default Stacking stacking() {
    return Stacking.STACKED;
  }

  /** Feeds what tells two samples apart. */
  default void digest(int row, MessageDigest into) {
    ByteBuffer scratch =
        ByteBuffer.allocate(Math.toIntExact(bytes(row))).order(ByteOrder.LITTLE_ENDIAN);
    write(row, scratch);
    into.update(scratch.flip());
  }

  /** Bytes of a sample. */
  default long bytes(int row) {
    long n = 1;
    for (long d : dims(row)) {
      n = Math.multiplyExact(n, d);
    }
    return type().byteCount(n);
  }

  /** Whether a new axis 0 holds the samples, or the one sample of a batch is the whole input. */
  enum Stacking {
    STACKED,
    WHOLE
  }
}
