package io.compressor.formats.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** One hash for files and descriptor together. Folder names do not count, file names do. */
final class ContentHash {
  private ContentHash() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String of(DataSource source, List<Path> files) {
    MessageDigest all = sha256();
    text(all, source.descriptor());
    byte[] chunk = new byte[1 << 16];
    for (Path file : files) {
      text(all, SourceReader.lowerName(file));
      MessageDigest one = sha256();
      try (InputStream in = Files.newInputStream(file)) {
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
          one.update(chunk, 0, n);
        }
      } catch (IOException e) {
        throw BadData.unreadable(file, e);
      }
      all.update(one.digest());
    }
    return HexFormat.of().formatHex(all.digest());
  }

  private static void text(MessageDigest into, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    into.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
    into.update(bytes);
  }
}
