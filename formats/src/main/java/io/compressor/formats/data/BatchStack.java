package io.compressor.formats.data;

import io.compressor.formats.data.Column.Stacking;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Samples of a column, stacked along a new axis 0 and padded along the last one. */
final class BatchStack {
  private BatchStack() {}

  static Tensor of(String name, Column column, int[] rows) {
    long[] common = column.dims(rows[0]);
    boolean ragged = false;
    for (int row : rows) {
      long[] dims = column.dims(row);
      ragged |= !Arrays.equals(dims, common);
      common = widest(name, common, dims);
    }
    long[] shape = common;
    if (column.stacking() == Stacking.STACKED) {
      shape = new long[common.length + 1];
      shape[0] = rows.length;
      System.arraycopy(common, 0, shape, 1, common.length);
    }
    ByteBuffer out = buffer(name, column.type(), shape);
    for (int row : rows) {
      if (ragged) {
        writePadded(column, row, common, out);
      } else {
        column.write(row, out);
      }
    }
    return Tensor.of(name, column.type(), shape, Bytes.of(out.flip()));
  }

  private static long[] widest(String name, long[] a, long[] b) {
    int last = a.length - 1;
    if (a.length != b.length || !Arrays.equals(a, 0, Math.max(last, 0), b, 0, Math.max(last, 0))) {
      throw BadData.in(
          name,
          "samples of shapes " + Arrays.toString(a) + " and " + Arrays.toString(b),
          "only the last axis can be padded: use batches of 1, or one shape for all");
    }
    return last < 0 || a[last] >= b[last] ? a : b;
  }

  private static void writePadded(Column column, int row, long[] common, ByteBuffer out) {
    int last = common.length - 1;
    long own = column.dims(row)[last];
    int size = column.type().bits() / 8;
    int ownBytes = Math.toIntExact(own * size);
    ByteBuffer dense =
        ByteBuffer.allocate(Math.toIntExact(column.bytes(row))).order(ByteOrder.LITTLE_ENDIAN);
    column.write(row, dense);
    dense.flip();
    int lines = ownBytes == 0 ? 1 : dense.limit() / ownBytes;
    long[] pad = {column.padding()};
    for (int line = 0; line < lines; line++) {
      out.put(dense.slice(line * ownBytes, ownBytes));
      for (long i = own; i < common[last]; i++) {
        NumberCast.encode(pad, 1, out, column.type());
      }
    }
  }

  /** A direct little-endian buffer for a tensor of this shape. */
  static ByteBuffer buffer(String name, ElementType type, long[] shape) {
    long bytes;
    try {
      bytes = type.byteCount(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    } catch (ArithmeticException e) {
      bytes = Long.MAX_VALUE;
    }
    if (bytes > Integer.MAX_VALUE - 64) {
      throw BadData.in(
          name,
          "a batch of shape " + Arrays.toString(shape) + " exceeds 2 GiB",
          "use a smaller --batch");
    }
    return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
