package io.compressor.formats.data;

import io.compressor.ir.ElementType;
import java.nio.ByteBuffer;

/** Stored numbers of one input, sample by sample, before any conversion. */
interface RowSource {
  /** File and array for messages. */
  String where();

  ElementType type();

  int rows();

  /** Shape of a sample without a sample axis. */
  long[] rowDims(int row);

  /** Elements of a sample, row-major, in the buffer's byte order. */
  ByteBuffer row(int row);
}
