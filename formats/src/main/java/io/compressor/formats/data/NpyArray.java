package io.compressor.formats.data;

import io.compressor.formats.data.NpyHeader.Layout;
import io.compressor.ir.ElementType;
import io.compressor.ir.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** A NumPy array in a mapped file, read sample by sample. */
final class NpyArray implements RowSource {
  private final String where;
  private final NpyHeader header;
  private final MappedFile file;
  private final long start;
  private final int rowBytes;

  /**
   * @param where file and array name for messages
   * @param start offset of the array's magic in the file
   * @param size bytes of the array with its header
   */
  NpyArray(String where, MappedFile file, long start, long size) {
    this.where = where;
    this.file = file;
    int head = (int) Math.min(NpyHeader.MAX_BYTES, size);
    this.header = NpyHeader.parse(file.slice(start, head), size, where);
    this.start = start + header.dataOffset();
    this.rowBytes = checkedRowBytes();
  }

  static NpyArray open(Path path) {
    try {
      MappedFile file = MappedFile.open(path);
      return new NpyArray(path.toString(), file, 0, file.size());
    } catch (IOException e) {
      throw BadData.unreadable(path, e);
    }
  }

  private int checkedRowBytes() {
    long[] dims = header.dims();
    if (dims.length == 0) {
      throw BadData.in(where, "a scalar, expected one row a sample", "add a sample axis in front");
    }
    if (dims[0] == 0) {
      throw BadData.in(
          where, "no samples: shape " + Arrays.toString(dims), "give at least one sample");
    }
    if (dims[0] > Integer.MAX_VALUE) {
      throw BadData.in(where, dims[0] + " samples, at most 2^31 are supported", "split the file");
    }
    long total = header.type().byteCount(header.elements());
    long row = total / dims[0];
    if (row > MappedFile.MAX_SLICE) {
      throw BadData.in(
          where, "one sample has " + row + " bytes, at most 512 MiB", "is axis 0 the sample?");
    }
    if (header.layout() == Layout.FORTRAN && dims.length > 1 && total > MappedFile.MAX_SLICE) {
      throw BadData.in(
          where,
          "column-major array of " + total + " bytes",
          "store it with numpy.ascontiguousarray: samples must lie in one piece");
    }
    return (int) row;
  }

  @Override
  public String where() {
    return where;
  }

  NpyHeader header() {
    return header;
  }

  @Override
  public ElementType type() {
    return header.type();
  }

  @Override
  public int rows() {
    return (int) header.dims()[0];
  }

  @Override
  public long[] rowDims(int row) {
    return Arrays.copyOfRange(header.dims(), 1, header.dims().length);
  }

  @Override
  public ByteBuffer row(int row) {
    if (header.layout() == Layout.FORTRAN && header.dims().length > 1) {
      return gathered(row);
    }
    return file.slice(start + (long) row * rowBytes, rowBytes).order(header.order());
  }

  /** A column-major sample is scattered: element j lies {@code stride} bytes after another. */
  private ByteBuffer gathered(int row) {
    long[] dims = header.dims();
    int item = header.type().bits() / 8;
    ByteBuffer all = file.slice(start, rowBytes * (int) dims[0]);
    ByteBuffer out = ByteBuffer.allocate(rowBytes);
    int[] index = new int[dims.length];
    index[0] = row;
    for (int done = 0; done < rowBytes; done += item) {
      long at = 0;
      for (int axis = dims.length - 1; axis >= 0; axis--) {
        at = at * dims[axis] + index[axis];
      }
      out.put(done, all, (int) at * item, item);
      for (int axis = dims.length - 1; axis > 0 && ++index[axis] == dims[axis]; axis--) {
        index[axis] = 0;
      }
    }
    return out.order(header.order());
  }
}
