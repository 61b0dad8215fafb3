package io.compressor.formats.file;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 in lower-case hex, streamed. */
public final class ContentHash {
  private static final int BUFFER = 1 << 16;

  private ContentHash() {}

  /** A fresh SHA-256, for content that comes in parts; {@link #hex} ends it. */
  public static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Of a text in UTF-8. */
  public static String of(String text) {
    MessageDigest digest = start();
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return hex(digest);
  }

  /** Of bytes wherever they lie. */
  public static String of(Bytes bytes) {
    MessageDigest digest = start();
    bytes.forEachChunk(digest::update);
    return hex(digest);
  }

  /**
   * Over the contents of all files in order.
   *
   * @throws CompressorException IO
   */
  public static String of(List<Path> files) {
    MessageDigest digest = start();
    for (Path file : files) {
      try {
        update(digest, file);
      } catch (IOException e) {
        throw new CompressorException(
            ErrorCode.IO, file.toString(), "cannot be read: " + e.getMessage(), "", e);
      }
    }
    return hex(digest);
  }

  /** Adds the content of a file. */
  public static void update(MessageDigest digest, Path file) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
  }
}
