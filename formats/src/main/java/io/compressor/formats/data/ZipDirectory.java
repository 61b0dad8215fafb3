package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.ir.MappedFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The central directory of a zip (with zip64), read from a mapped file. The JDK's readers do not
 * tell where the bytes of a stored entry lie, and we map them in place.
 */
final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final long MAX_DIRECTORY_BYTES = 64L << 20;
  private static final String BROKEN = "the file is truncated or no zip; write it again";

  private final MappedFile file;
  private final String where;

  private ZipDirectory(MappedFile file, String where) {
    this.file = file;
    this.where = where;
  }

  /**
   * One file of the zip.
   *
   * @param packed bytes in the zip, {@code size} bytes when unpacked
   * @param offset where the packed bytes start
   */
  record Entry(String name, Packing packing, long packed, long size, long crc, long offset) {}

  /** How an entry's bytes are kept. */
  enum Packing {
    STORED,
    DEFLATED
  }

  /** Entries by name, in file order. */
  static Map<String, Entry> read(MappedFile file, String where) {
    return new ZipDirectory(file, where).entries();
  }

  private Map<String, Entry> entries() {
    long end = findEnd();
    ByteBuffer tail = at(end, 22);
    long count = tail.getShort(10) & 0xffff;
    long size = tail.getInt(12) & 0xffffffffL;
    long start = tail.getInt(16) & 0xffffffffL;
    if (count == 0xffff || size == 0xffffffffL || start == 0xffffffffL) {
      ByteBuffer locator = at(end - 20, 20);
      if (locator.getInt(0) != LOCATOR64) {
        throw bad("zip64 locator missing");
      }
      ByteBuffer end64 = at(locator.getLong(8), 56);
      if (end64.getInt(0) != END64) {
        throw bad("zip64 directory missing");
      }
      count = end64.getLong(32);
      size = end64.getLong(40);
      start = end64.getLong(48);
    }
    if (size < 0 || size > MAX_DIRECTORY_BYTES || count < 0 || count > size / 46 + 1) {
      throw bad("directory of " + size + " bytes for " + count + " entries");
    }
    ByteBuffer directory = at(start, (int) size);
    Map<String, Entry> out = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      Entry entry = entry(directory);
      if (out.put(entry.name(), entry) != null) {
        throw bad("two entries named '" + entry.name() + "'");
      }
    }
    return Collections.unmodifiableMap(out);
  }

  private long findEnd() {
    int window = (int) Math.min(file.size(), 22 + 0xffff);
    ByteBuffer tail = at(file.size() - window, window);
    for (int i = window - 22; i >= 0; i--) {
      if (tail.getInt(i) == END) {
        return file.size() - window + i;
      }
    }
    throw bad("no zip directory");
  }

  private Entry entry(ByteBuffer in) {
    int at = in.position();
    if (in.remaining() < 46 || in.getInt(at) != CENTRAL) {
      throw bad("directory entry missing");
    }
    int nameLength = in.getShort(at + 28) & 0xffff;
    int extraLength = in.getShort(at + 30) & 0xffff;
    int commentLength = in.getShort(at + 32) & 0xffff;
    if (in.remaining() - 46 < nameLength + extraLength + commentLength) {
      throw bad("directory entry cut off");
    }
    String name = text(in, at + 46, nameLength);
    long[] sizes = {
      in.getInt(at + 24) & 0xffffffffL,
      in.getInt(at + 20) & 0xffffffffL,
      in.getInt(at + 42) & 0xffffffffL
    };
    widen(in.slice(at + 46 + nameLength, extraLength).order(ByteOrder.LITTLE_ENDIAN), sizes);
    in.position(at + 46 + nameLength + extraLength + commentLength);
    int method = in.getShort(at + 10) & 0xffff;
    if ((in.getShort(at + 8) & 1) != 0 || (method != 0 && method != 8)) {
      throw BadData.in(
          where + ":" + name,
          "encrypted or packed by method " + method,
          "write it with numpy.savez or numpy.savez_compressed");
    }
    return located(name, method, sizes, in.getInt(at + 16) & 0xffffffffL);
  }

  private Entry located(String name, int method, long[] sizes, long crc) {
    long size = sizes[0];
    long packed = sizes[1];
    ByteBuffer local = at(sizes[2], 30);
    if (local.getInt(0) != LOCAL) {
      throw bad("entry '" + name + "' is not where the directory says");
    }
    long offset = sizes[2] + 30 + (local.getShort(26) & 0xffff) + (local.getShort(28) & 0xffff);
    if (size < 0 || packed < 0 || offset > file.size() - packed) {
      throw bad("entry '" + name + "' of " + packed + " bytes goes beyond the file's end");
    }
    if (method == 0 ? size != packed : size / 1100 > packed) {
      throw bad("entry '" + name + "' claims " + size + " bytes in " + packed);
    }
    return new Entry(
        name, method == 0 ? Packing.STORED : Packing.DEFLATED, packed, size, crc, offset);
  }

  /** Takes 64-bit values from the zip64 extra field where the 32-bit ones are saturated. */
  private void widen(ByteBuffer extra, long[] sizes) {
    while (extra.remaining() >= 4) {
      int id = extra.getShort() & 0xffff;
      int length = extra.getShort() & 0xffff;
      if (length > extra.remaining()) {
        throw bad("extra field cut off");
      }
      int next = extra.position() + length;
      for (int i = 0; id == 1 && i < sizes.length; i++) {
        if (sizes[i] == 0xffffffffL && extra.position() + 8 <= next) {
          sizes[i] = extra.getLong();
        }
      }
      extra.position(next);
    }
  }

  private static String text(ByteBuffer in, int at, int length) {
    return StandardCharsets.UTF_8.decode(in.slice(at, length)).toString();
  }

  private ByteBuffer at(long offset, int length) {
    if (offset < 0 || length < 0 || offset > file.size() - length) {
      throw bad("something at byte " + offset + " of " + file.size());
    }
    return file.slice(offset, length);
  }

  private CompressorException bad(String what) {
    return BadData.in(where, "broken zip: " + what, BROKEN);
  }
}
