package io.compressor.formats.data;

import io.compressor.formats.data.ZipDirectory.Entry;
import io.compressor.formats.data.ZipDirectory.Packing;
import io.compressor.ir.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A zip of arrays. Stored ones are mapped in place, deflated ones through a temporary file. */
final class NpzArchive {
  private final Path path;
  private final MappedFile file;
  private final Map<String, Entry> arrays = new LinkedHashMap<>();

  private NpzArchive(Path path, MappedFile file) {
    this.path = path;
    this.file = file;
    for (Entry entry : ZipDirectory.read(file, path.toString()).values()) {
      String name = entry.name();
      if (name.endsWith(".npy")) {
        arrays.put(name.substring(0, name.length() - 4), entry);
      }
    }
  }

  static NpzArchive open(Path path) {
    try {
      return new NpzArchive(path, MappedFile.open(path));
    } catch (IOException e) {
      throw BadData.unreadable(path, e);
    }
  }

  Path path() {
    return path;
  }

  /** Array names, in file order. */
  Set<String> names() {
    return arrays.keySet();
  }

  boolean has(String name) {
    return arrays.containsKey(name);
  }

  /** An array that is known to be there. */
  NpyArray array(String name) {
    Entry entry = arrays.get(name);
    String where = path + ":" + name;
    if (entry == null) {
      throw BadData.in(where, "no such array; found " + names(), "");
    }
    if (entry.packing() == Packing.STORED) {
      return new NpyArray(where, file, entry.offset(), entry.size());
    }
    checkHeaderFirst(entry, where);
    MappedFile unpacked = Unpack.toTemporary(chunks(entry), entry.size(), entry.crc(), path, where);
    return new NpyArray(where, unpacked, 0, unpacked.size());
  }

  /** A lying header is refused before anything is written. */
  private void checkHeaderFirst(Entry entry, String where) {
    int head = (int) Math.min(NpyHeader.MAX_BYTES, entry.size());
    ByteBuffer start = Unpack.head(chunks(entry), head, where);
    NpyHeader.parse(start, entry.size(), where);
  }

  private Unpack.Source chunks(Entry entry) {
    return (from, most) -> {
      int length = (int) Math.min(most, entry.packed() - from);
      return file.slice(entry.offset() + from, Math.max(0, length));
    };
  }
}
