package io.compressor.train;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.StagedFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A file that a killed run goes on from: "CMPRTRAI", int32 version, what the run is, then whatever
 * the owner writes, then an int32 CRC-32C of all before it; big-endian. It appears whole or not at
 * all, and nothing of it is believed before the sum is right.
 */
public final class CheckpointFile {
  private static final byte[] MAGIC = "CMPRTRAI".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 2;
  private static final int HEAD = MAGIC.length + Integer.BYTES;
  private static final int STEP = 1 << 16;

  private final Path file;
  private final String run;

  /** What the owner keeps. */
  @FunctionalInterface
  public interface Body {
    void writeTo(DataOutputStream out) throws IOException;
  }

  /** Reads what a {@link Body} wrote. */
  @FunctionalInterface
  public interface Reader<T> {
    T from(DataInputStream in) throws IOException;
  }

  /**
   * @param run everything that determines the run; a file of another run is refused
   */
  public CheckpointFile(Path file, String run) {
    this.file = file;
    this.run = run;
  }

  public void write(Body body) {
    try (StagedFile staged = StagedFile.beside(file)) {
      CheckedOutputStream summed = new CheckedOutputStream(staged.stream(), new CRC32C());
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(summed, STEP));
      out.write(MAGIC);
      out.writeInt(VERSION);
      StateStream.text(out, run);
      body.writeTo(out);
      out.flush();
      out.writeInt((int) summed.getChecksum().getValue());
      out.flush();
      staged.force();
      staged.commit();
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO, file.toString(), "cannot be written: " + e, "check that there is room", e);
    }
  }

  /**
   * Empty when there is no file yet.
   *
   * @throws CompressorException USAGE when it is damaged, or of another run or version
   */
  public <T> Optional<T> read(Reader<T> reader) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      requireWhole();
      try (DataInputStream in = new DataInputStream(open())) {
        in.skipNBytes(HEAD);
        String theirs = StateStream.text(in);
        if (!theirs.equals(run)) {
          throw refused(
              "it belongs to another run: found [%s], expected [%s]".formatted(theirs, run));
        }
        return Optional.of(reader.from(in));
      }
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO, file.toString(), "cannot be read: " + e, "check its rights", e);
    }
  }

  private void requireWhole() throws IOException {
    long rest = Files.size(file) - HEAD - Integer.BYTES;
    CheckedInputStream summed = new CheckedInputStream(open(), new CRC32C());
    try (DataInputStream in = new DataInputStream(summed)) {
      boolean whole =
          rest >= 0 && Arrays.equals(in.readNBytes(MAGIC.length), MAGIC) && in.readInt() == VERSION;
      if (whole) {
        in.skipNBytes(rest);
        int sum = (int) summed.getChecksum().getValue();
        whole = in.readInt() == sum;
      }
      if (!whole) {
        throw refused("it is no checkpoint of this version, or it is damaged");
      }
    }
  }

  private InputStream open() throws IOException {
    return new BufferedInputStream(Files.newInputStream(file), STEP);
  }

  private CompressorException refused(String what) {
    return new CompressorException(
        ErrorCode.USAGE,
        file.toString(),
        what,
        "delete it to start over, or give another place for checkpoints");
  }
}
