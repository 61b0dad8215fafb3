package io.compressor.ir;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A run of bytes that may live on the heap, in a mapped file, or only come into being while it is
 * read. Buffers handed out are read-only and little-endian.
 */
public sealed interface Bytes permits Bytes.Heap, Bytes.Region, Bytes.Derived, Bytes.Concat {
  /** No bytes at all. */
  static Bytes empty() {
    return Heap.EMPTY;
  }

  /** Length in bytes. */
  long size();

  /**
   * All bytes as one buffer; direct when mapped.
   *
   * @throws IllegalStateException when longer than 2 GiB
   */
  ByteBuffer buffer();

  /**
   * The run [offset, offset + length) of these bytes, sharing their storage.
   *
   * @throws IndexOutOfBoundsException when the run reaches outside
   */
  Bytes slice(long offset, long length);

  private static void checkRun(long from, long count, long total) {
    if (from < 0 || count < 0 || from > total - count) {
      throw new IndexOutOfBoundsException(from + "+" + count + " is outside " + total + " bytes");
    }
  }

  /** Feeds the bytes in order, in buffers of at most 2 GiB. */
  default void forEachChunk(Consumer<ByteBuffer> sink) {
    if (size() > 0) {
      sink.accept(buffer());
    }
  }

  /** A new heap array with all bytes. */
  default byte[] toArray() {
    ByteBuffer buffer = buffer();
    byte[] out = new byte[buffer.remaining()];
    buffer.get(out);
    return out;
  }

  static Bytes of(byte[] bytes) {
    return bytes.length == 0 ? empty() : new Heap(ByteBuffer.wrap(bytes));
  }

  /** The buffer's remaining bytes, not copied; the caller must not write to them afterwards. */
  static Bytes of(ByteBuffer buffer) {
    return new Heap(buffer.slice());
  }

  static Bytes concat(List<Bytes> parts) {
    List<Bytes> full = parts.stream().filter(p -> p.size() > 0).toList();
    return full.isEmpty() ? empty() : full.size() == 1 ? full.get(0) : new Concat(full);
  }

  /** Bytes in memory (heap or direct). */
  record Heap(ByteBuffer content) implements Bytes {
    private static final Heap EMPTY = new Heap(ByteBuffer.allocate(0));

    @Override
    public long size() {
      return content.remaining();
    }

    @Override
    public Bytes slice(long offset, long length) {
      checkRun(offset, length, size());
      return new Heap(content.slice(content.position() + (int) offset, (int) length));
    }

    @Override
    public ByteBuffer buffer() {
      return content.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Bytes of a mapped file; nothing is read until asked for. */
  record Region(MappedFile file, long offset, long size) implements Bytes {
    public Region {
      if (offset < 0 || size < 0 || offset > file.size() - size) {
        throw new IllegalArgumentException(
            "region " + offset + "+" + size + " is outside " + file.path());
      }
    }

    @Override
    public Bytes slice(long from, long length) {
      checkRun(from, length, size);
      return new Region(file, offset + from, length);
    }

    @Override
    public ByteBuffer buffer() {
      if (size > Integer.MAX_VALUE) {
        throw new IllegalStateException("region of " + size + " bytes exceeds one buffer");
      }
      return file.slice(offset, (int) size);
    }

    @Override
    public void forEachChunk(Consumer<ByteBuffer> sink) {
      for (long done = 0; done < size; ) {
        int step = (int) Math.min(size - done, MappedFile.MAX_SLICE);
        sink.accept(file.slice(offset + done, step));
        done += step;
      }
    }
  }

  /** Bytes computed each time they are asked for, never cached. */
  record Derived(long size, Supplier<ByteBuffer> source) implements Bytes {
    @Override
    public Bytes slice(long offset, long length) {
      checkRun(offset, length, size);
      return new Derived(length, () -> buffer().slice((int) offset, (int) length));
    }

    @Override
    public ByteBuffer buffer() {
      ByteBuffer made = source.get();
      if (made.remaining() != size) {
        throw new IllegalStateException("derived " + made.remaining() + " bytes, promised " + size);
      }
      return made.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Several runs, one after the other. */
  record Concat(List<Bytes> parts) implements Bytes {
    public Concat {
      parts = List.copyOf(parts);
    }

    @Override
    public long size() {
      return parts.stream().mapToLong(Bytes::size).sum();
    }

    @Override
    public Bytes slice(long offset, long length) {
      checkRun(offset, length, size());
      List<Bytes> inside = new ArrayList<>();
      long start = 0;
      for (Bytes part : parts) {
        long from = Math.max(offset, start);
        long to = Math.min(offset + length, start + part.size());
        if (from < to) {
          inside.add(part.slice(from - start, to - from));
        }
        start += part.size();
      }
      return concat(inside);
    }

    @Override
    public ByteBuffer buffer() {
      if (size() > Integer.MAX_VALUE) {
        throw new IllegalStateException(size() + " bytes exceed one buffer");
      }
      ByteBuffer all = ByteBuffer.allocate((int) size());
      forEachChunk(all::put);
      return all.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void forEachChunk(Consumer<ByteBuffer> sink) {
      parts.forEach(p -> p.forEachChunk(sink));
    }
  }
}
