package io.compressor.ir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytesTest {
  private static final byte[] TEN = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

  @TempDir Path folder;

  @Test
  void everyKindReadsAndSlicesAlike() throws IOException {
    for (Bytes bytes : kinds()) {
      String kind = bytes.getClass().getSimpleName();
      assertEquals(10, bytes.size(), kind);
      assertArrayEquals(TEN, bytes.toArray(), kind);
      assertArrayEquals(TEN, chunked(bytes), kind);
      for (int from = 0; from <= 10; from++) {
        for (int length = 0; from + length <= 10; length++) {
          Bytes slice = bytes.slice(from, length);
          byte[] expected = Arrays.copyOfRange(TEN, from, from + length);
          assertArrayEquals(expected, slice.toArray(), kind);
          assertEquals(length, slice.size());
        }
      }
    }
  }

  @Test
  void slicesOutsideAreRefused() throws IOException {
    for (Bytes bytes : kinds()) {
      assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(-1, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(9, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> bytes.slice(1, Long.MAX_VALUE));
    }
  }

  @Test
  void buffersAreLittleEndianAndReadOnly() throws IOException {
    for (Bytes bytes : kinds()) {
      assertEquals(ByteOrder.LITTLE_ENDIAN, bytes.buffer().order());
      assertThrows(ReadOnlyBufferException.class, () -> bytes.buffer().put(0, (byte) 1));
    }
  }

  @Test
  void aDerivedRunMustKeepItsPromise() {
    Bytes liar = new Bytes.Derived(3, () -> ByteBuffer.allocate(2));
    assertThrows(IllegalStateException.class, liar::buffer);
  }

  @Test
  void mappedSlicesCrossWindowBoundaries() throws IOException {
    Path file = folder.resolve("sparse.bin");
    long boundary = MappedFile.MAX_SLICE;
    long size = 7 * boundary / 2;
    try (java.io.RandomAccessFile out = new java.io.RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(size);
      for (int i = 1; i <= 4; i++) {
        out.seek(Math.min(i * boundary, size) - 2);
        out.write(new byte[] {(byte) i, (byte) i});
      }
    }
    MappedFile mapped = MappedFile.open(file);
    for (int i = 1; i <= 2; i++) {
      assertEquals(i, mapped.slice(i * boundary - 1, 2).get(0));
      ByteBuffer whole = mapped.slice(i * boundary - 100, MappedFile.MAX_SLICE);
      assertEquals(i, whole.get(98));
      assertEquals(MappedFile.MAX_SLICE, whole.remaining());
    }
    ByteBuffer apart = mapped.slice(boundary - 1, MappedFile.MAX_SLICE + 2);
    assertEquals(1, apart.get(0));
    assertEquals(2, apart.get(MappedFile.MAX_SLICE));
    long[] seen = {0};
    new Bytes.Region(mapped, 0, size).forEachChunk(c -> seen[0] += c.remaining());
    assertEquals(size, seen[0]);
    assertThrows(IllegalArgumentException.class, () -> mapped.slice(size - 1, 2));
  }

  @Test
  void anEmptyFileHasNoBytes() throws IOException {
    MappedFile mapped = MappedFile.open(Files.createFile(folder.resolve("empty")));
    assertEquals(0, mapped.size());
    assertEquals(0, mapped.slice(0, 0).remaining());
  }

  private List<Bytes> kinds() throws IOException {
    byte[] padded = new byte[16];
    System.arraycopy(TEN, 0, padded, 3, 10);
    Path file = Files.write(folder.resolve("ten.bin"), padded);
    Bytes region = new Bytes.Region(MappedFile.open(file), 3, 10);
    assertTrue(region.buffer().isDirect());
    return List.of(
        Bytes.of(TEN),
        Bytes.of(ByteBuffer.wrap(padded, 3, 10)),
        region,
        new Bytes.Derived(10, () -> ByteBuffer.wrap(TEN)),
        Bytes.concat(
            List.of(
                region.slice(0, 4), Bytes.empty(), Bytes.of(new byte[] {4}), region.slice(5, 5))));
  }

  private static byte[] chunked(Bytes bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    bytes.forEachChunk(
        chunk -> {
          while (chunk.hasRemaining()) {
            out.write(chunk.get());
          }
        });
    return out.toByteArray();
  }
}
