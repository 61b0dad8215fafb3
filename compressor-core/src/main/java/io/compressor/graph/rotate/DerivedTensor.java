package io.compressor.graph.rotate;

import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Float16;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Tensors whose lines are changed while they are read. Every change of a line happens in double
 * precision and is rounded to the element type once.
 */
final class DerivedTensor {
  static final Set<ElementType> TYPES = Set.of(ElementType.FLOAT, ElementType.FLOAT16);

  /** A changed tensor is one buffer. */
  static final long MAX_BYTES = Integer.MAX_VALUE - 8;

  /** Lines across the rows that are gathered at a time, to read memory in runs. */
  private static final int STRIPE = 64;

  private DerivedTensor() {}

  /** {@code t} as [rows, cols] with its rows and its columns changed, rows first. */
  static Tensor matrix(Tensor t, int rows, int cols, List<LineOp> onRows, List<LineOp> onColumns) {
    return of(
        t,
        t.dims(),
        () -> {
          float[] values = t.toFloats();
          if (onColumns.isEmpty()) {
            return rows(values, cols, onRows);
          }
          return onRows.isEmpty()
              ? columns(values, rows, cols, onColumns)
              : both(values, rows, cols, onRows, onColumns);
        });
  }

  /** A tensor of the type and name of {@code like} whose values come into being when read. */
  static Tensor of(Tensor like, long[] dims, Supplier<float[]> values) {
    long count = 1;
    for (long d : dims) {
      count *= d;
    }
    long bytes = like.type().byteCount(count);
    return Tensor.of(
        like.name(),
        like.type(),
        dims,
        new Bytes.Derived(bytes, () -> encode(values.get(), like.type())));
  }

  private static float[] rows(float[] values, int cols, List<LineOp> ops) {
    double[] line = new double[cols];
    for (int from = 0; from < values.length; from += cols) {
      for (int i = 0; i < cols; i++) {
        line[i] = values[from + i];
      }
      ops.forEach(op -> op.apply(line));
      for (int i = 0; i < cols; i++) {
        values[from + i] = (float) line[i];
      }
    }
    return values;
  }

  private static float[] columns(float[] values, int rows, int cols, List<LineOp> ops) {
    double[][] lines = new double[Math.min(STRIPE, cols)][rows];
    for (int from = 0; from < cols; from += lines.length) {
      int width = Math.min(lines.length, cols - from);
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < width; c++) {
          lines[c][r] = values[r * cols + from + c];
        }
      }
      for (int c = 0; c < width; c++) {
        double[] line = lines[c];
        ops.forEach(op -> op.apply(line));
      }
      for (int r = 0; r < rows; r++) {
        for (int c = 0; c < width; c++) {
          values[r * cols + from + c] = (float) lines[c][r];
        }
      }
    }
    return values;
  }

  private static float[] both(
      float[] values, int rows, int cols, List<LineOp> onRows, List<LineOp> onColumns) {
    double[][] m = new double[rows][cols];
    for (int r = 0; r < rows; r++) {
      double[] row = m[r];
      for (int c = 0; c < cols; c++) {
        row[c] = values[r * cols + c];
      }
      onRows.forEach(op -> op.apply(row));
    }
    double[] line = new double[rows];
    for (int c = 0; c < cols; c++) {
      for (int r = 0; r < rows; r++) {
        line[r] = m[r][c];
      }
      onColumns.forEach(op -> op.apply(line));
      for (int r = 0; r < rows; r++) {
        values[r * cols + c] = (float) line[r];
      }
    }
    return values;
  }

  private static ByteBuffer encode(float[] values, ElementType type) {
    int width = type.bits() / 8;
    ByteBuffer out =
        ByteBuffer.allocateDirect(Math.multiplyExact(values.length, width))
            .order(ByteOrder.LITTLE_ENDIAN);
    if (type == ElementType.FLOAT) {
      out.asFloatBuffer().put(values);
      return out;
    }
    for (int i = 0; i < values.length; i++) {
      out.putShort(2 * i, Float16.fromFloat(values[i]));
    }
    return out;
  }
}
