package io.compressor.formats.data;

import io.compressor.formats.file.ContentHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/** One hash for files and descriptor together. Folder names do not count, file names do. */
final class SourceHash {
  private SourceHash() {}

  static String of(DataSource source, List<Path> files) {
    MessageDigest all = ContentHash.start();
    text(all, source.descriptor());
    for (Path file : files) {
      text(all, SourceReader.lowerName(file));
      MessageDigest one = ContentHash.start();
      try {
        ContentHash.update(one, file);
      } catch (IOException e) {
        throw BadData.unreadable(file, e);
      }
      all.update(one.digest());
    }
    return ContentHash.hex(all);
  }

  private static void text(MessageDigest into, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    into.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
    into.update(bytes);
  }
}
