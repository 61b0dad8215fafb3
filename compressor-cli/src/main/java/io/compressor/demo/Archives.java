package io.compressor.demo;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The Maven artifacts that hold the demo's model and text. */
final class Archives {
  private Archives() {}

  static ZipFile open(Path jar) throws IOException {
    if (!Files.isRegularFile(jar)) {
      throw new CompressorException(
          ErrorCode.IO,
          jar.toString(),
          "the demo's archive is missing",
          "run the demo through ./compressor, or build with 'mvn package'");
    }
    return new ZipFile(jar.toFile());
  }

  static ZipEntry entry(ZipFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    if (entry == null) {
      throw new IOException(jar.getName() + " has no " + name);
    }
    return entry;
  }
}
