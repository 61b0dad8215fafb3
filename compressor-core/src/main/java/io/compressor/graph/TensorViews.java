package io.compressor.graph;

import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Float16;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Constant tensors seen through shape and type changes. Nothing is computed until the bytes are
 * read; empty results mean that the change is invalid or not supported.
 */
public final class TensorViews {
  private TensorViews() {}

  /** From any floating type to float, and from float to float16; the same type is the tensor. */
  public static Optional<Tensor> cast(Tensor t, ElementType to) {
    if (t.type() == to) {
      return Optional.of(t);
    }
    if (tooBig(t.elements() * 4) || !t.type().isFloat()) {
      return Optional.empty();
    }
    if (t.type() == ElementType.FLOAT && to == ElementType.FLOAT16) {
      return Optional.of(derived(t, to, t.dims(), () -> halves(t)));
    }
    if (to != ElementType.FLOAT) {
      return Optional.empty();
    }
    return Optional.of(
        derived(
            t,
            ElementType.FLOAT,
            t.dims(),
            () -> {
              ByteBuffer out = direct(t.elements() * 4);
              out.asFloatBuffer().put(t.toFloats());
              return out;
            }));
  }

  /** Axes reordered: result axis i is axis {@code perm[i]} of {@code t}. Whole-byte types only. */
  public static Optional<Tensor> transpose(Tensor t, int[] perm) {
    int rank = t.rank();
    boolean permutation =
        perm.length == rank
            && Arrays.equals(
                Arrays.stream(perm).sorted().toArray(), IntStream.range(0, rank).toArray());
    if (!permutation || t.type().bits() % 8 != 0 || t.type().bits() == 0) {
      return Optional.empty();
    }
    if (IntStream.range(0, rank).allMatch(i -> perm[i] == i)) {
      return Optional.of(t);
    }
    if (tooBig(t.byteCount())) {
      return Optional.empty();
    }
    long[] dims = t.dims();
    long[] out = Arrays.stream(perm).mapToLong(p -> dims[p]).toArray();
    return Optional.of(derived(t, t.type(), out, () -> permuted(t, perm)));
  }

  /** The same data under new dims; -1 and 0 as in ONNX Reshape. */
  public static Optional<Tensor> reshape(Tensor t, long[] shape, long allowZero) {
    long[] old = t.dims();
    long[] dims = shape.clone();
    long known = 1;
    int open = -1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 0 && allowZero == 0) {
        if (i >= old.length) {
          return Optional.empty();
        }
        dims[i] = old[i];
      }
      if (dims[i] == -1 && open < 0) {
        open = i;
      } else if (dims[i] < 0 || (dims[i] > 0 && known > Long.MAX_VALUE / dims[i])) {
        return Optional.empty();
      } else {
        known *= dims[i];
      }
    }
    if (open >= 0) {
      if (known == 0 || t.elements() % known != 0) {
        return Optional.empty();
      }
      dims[open] = t.elements() / known;
      known = t.elements();
    }
    return known == t.elements() ? Optional.of(withDims(t, dims)) : Optional.empty();
  }

  /** Drops the named axes, all of size 1; without axes, every axis of size 1. */
  public static Optional<Tensor> squeeze(Tensor t, Optional<long[]> axes) {
    long[] dims = t.dims();
    boolean[] drop = new boolean[dims.length];
    if (axes.isEmpty()) {
      for (int i = 0; i < dims.length; i++) {
        drop[i] = dims[i] == 1;
      }
    } else if (!mark(drop, axes.get())) {
      return Optional.empty();
    }
    boolean valid = IntStream.range(0, dims.length).allMatch(i -> !drop[i] || dims[i] == 1);
    return valid
        ? Optional.of(
            withDims(
                t,
                IntStream.range(0, dims.length)
                    .filter(i -> !drop[i])
                    .mapToLong(i -> dims[i])
                    .toArray()))
        : Optional.empty();
  }

  /** Inserts axes of size 1 at the given positions of the result. */
  public static Optional<Tensor> unsqueeze(Tensor t, long[] axes) {
    boolean[] added = new boolean[t.rank() + axes.length];
    if (!mark(added, axes)) {
      return Optional.empty();
    }
    long[] old = t.dims();
    long[] dims = new long[added.length];
    for (int i = 0, from = 0; i < dims.length; i++) {
      dims[i] = added[i] ? 1 : old[from++];
    }
    return Optional.of(withDims(t, dims));
  }

  /** The same bytes under other dims of the same element count. */
  public static Tensor withDims(Tensor t, long... dims) {
    return Tensor.of(t.name(), t.type(), dims, t.data());
  }

  private static ByteBuffer halves(Tensor t) {
    float[] values = t.toFloats();
    ByteBuffer out = direct(t.elements() * 2);
    for (int i = 0; i < values.length; i++) {
      out.putShort(2 * i, Float16.fromFloat(values[i]));
    }
    return out;
  }

  private static boolean mark(boolean[] axes, long[] chosen) {
    for (long axis : chosen) {
      long at = axis < 0 ? axis + axes.length : axis;
      if (at < 0 || at >= axes.length || axes[(int) at]) {
        return false;
      }
      axes[(int) at] = true;
    }
    return true;
  }

  private static ByteBuffer permuted(Tensor t, int[] perm) {
    long[] dims = t.dims();
    int rank = dims.length;
    int width = t.type().bits() / 8;
    int[] stride = new int[rank];
    for (int i = rank - 1, step = width; i >= 0; i--) {
      stride[i] = step;
      step *= (int) dims[i];
    }
    int[] size = Arrays.stream(perm).map(p -> (int) dims[p]).toArray();
    int[] jump = Arrays.stream(perm).map(p -> stride[p]).toArray();
    byte[] from = t.data().toArray();
    byte[] to = new byte[from.length];
    int[] at = new int[rank];
    int inner = rank - 1;
    for (int done = 0, base = 0; done < to.length; ) {
      for (int i = 0, src = base; i < size[inner]; i++, src += jump[inner], done += width) {
        for (int b = 0; b < width; b++) {
          to[done + b] = from[src + b];
        }
      }
      for (int axis = inner - 1; axis >= 0; axis--) {
        base += jump[axis];
        if (++at[axis] < size[axis]) {
          break;
        }
        base -= jump[axis] * size[axis];
        at[axis] = 0;
      }
    }
    ByteBuffer out = direct(to.length);
    out.put(to).flip();
    return out;
  }

  private static Tensor derived(
      Tensor from, ElementType type, long[] dims, Supplier<ByteBuffer> bytes) {
    long size = type.byteCount(from.elements());
    return Tensor.of(from.name(), type, dims, new Bytes.Derived(size, bytes));
  }

  private static boolean tooBig(long bytes) {
    return bytes > Integer.MAX_VALUE - 8;
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
