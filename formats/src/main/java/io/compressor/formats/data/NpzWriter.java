package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes tensors as a {@code .npz} of stored (not deflated) arrays, which readers can map. The same
 * tensors give the same bytes.
 */
public final class NpzWriter {
  private NpzWriter() {}

  /**
   * Writes one array a tensor, named like the tensor.
   *
   * @throws CompressorException IO when the file cannot be written, DATA for element types NumPy
   *     does not have
   */
  public static void write(Path path, Collection<Tensor> tensors) {
    try (OutputStream file = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Tensor tensor : tensors) {
        add(zip, tensor);
      }
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO, path.toString(), "cannot be written: " + e.getMessage(), "", e);
    }
  }

  private static void add(ZipOutputStream zip, Tensor tensor) throws IOException {
    byte[] header = header(tensor);
    CRC32 crc = new CRC32();
    crc.update(header);
    tensor.data().forEachChunk(crc::update);
    ZipEntry entry = new ZipEntry(tensor.name() + ".npy");
    entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
    entry.setSize(header.length + tensor.byteCount());
    entry.setCompressedSize(entry.getSize());
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(header);
    WritableByteChannel channel = Channels.newChannel(zip);
    IOException[] failed = new IOException[1];
    tensor.data().forEachChunk(chunk -> put(channel, chunk, failed));
    if (failed[0] != null) {
      throw failed[0];
    }
    zip.closeEntry();
  }

  private static void put(WritableByteChannel channel, ByteBuffer chunk, IOException[] failed) {
    try {
      while (failed[0] == null && chunk.hasRemaining()) {
        channel.write(chunk);
      }
    } catch (IOException e) {
      failed[0] = e;
    }
  }

  /** A version 1 header, padded so that the elements start at a multiple of 64. */
  static byte[] header(Tensor tensor) {
    String shape =
        Arrays.stream(tensor.dims()).mapToObj(Long::toString).collect(Collectors.joining(", "));
    String dict =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
            .formatted(code(tensor), tensor.rank() == 1 ? shape + "," : shape);
    int length = (10 + dict.length() + 1 + 63) / 64 * 64;
    byte[] out = new byte[length];
    Arrays.fill(out, (byte) ' ');
    byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    System.arraycopy(magic, 0, out, 0, 8);
    out[8] = (byte) (length - 10);
    out[9] = (byte) ((length - 10) >> 8);
    byte[] text = dict.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, out, 10, text.length);
    out[length - 1] = '\n';
    return out;
  }

  private static String code(Tensor tensor) {
    ElementType type = tensor.type();
    return switch (type) {
      case FLOAT -> "<f4";
      case DOUBLE -> "<f8";
      case FLOAT16 -> "<f2";
      case INT8 -> "|i1";
      case INT16 -> "<i2";
      case INT32 -> "<i4";
      case INT64 -> "<i8";
      case UINT8 -> "|u1";
      case UINT16 -> "<u2";
      case UINT32 -> "<u4";
      case UINT64 -> "<u8";
      case BOOL -> "|b1";
      default ->
          throw BadData.in(tensor.name(), "NumPy has no element type " + type, "convert it first");
    };
  }
}
