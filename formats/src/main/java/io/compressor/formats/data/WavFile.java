package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.ir.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A RIFF wave file of one channel: PCM of 16, 24 or 32 bits, or 32-bit float.
 *
 * @param frames samples in the file
 */
record WavFile(Path path, Coding coding, int rate, long dataOffset, int frames) {
  private static final int RIFF = 0x46464952;
  private static final int WAVE = 0x45564157;
  private static final int FORMAT = 0x20746d66;
  private static final int DATA = 0x61746164;
  private static final int EXTENSIBLE = 0xfffe;

  /** How a sample is written. */
  enum Coding {
    PCM16(2),
    PCM24(3),
    PCM32(4),
    FLOAT32(4);

    private final int bytes;

    Coding(int bytes) {
      this.bytes = bytes;
    }

    double read(ByteBuffer in, int at) {
      return switch (this) {
        case PCM16 -> in.getShort(at) * 0x1p-15;
        case PCM24 -> ((in.get(at + 2) << 16) | (in.getShort(at) & 0xffff)) * 0x1p-23;
        case PCM32 -> in.getInt(at) * 0x1p-31;
        case FLOAT32 -> in.getFloat(at);
      };
    }
  }

  static WavFile open(Path path) {
    try {
      return parse(path, MappedFile.open(path));
    } catch (IOException e) {
      throw BadData.unreadable(path, e);
    }
  }

  private static WavFile parse(Path path, MappedFile file) {
    if (file.size() < 12
        || file.slice(0, 12).getInt(0) != RIFF
        || file.slice(0, 12).getInt(8) != WAVE) {
      throw bad(path, "no RIFF wave file", "save it as .wav");
    }
    ByteBuffer format = ByteBuffer.allocate(0);
    for (long at = 12; at + 8 <= file.size(); ) {
      ByteBuffer head = file.slice(at, 8);
      long size = head.getInt(4) & 0xffffffffL;
      long left = file.size() - at - 8;
      if (head.getInt(0) == FORMAT) {
        if (size > left || size < 16 || size > 1024) {
          throw bad(path, "format chunk of " + size + " bytes", "save it again");
        }
        format = file.slice(at + 8, (int) size);
      } else if (head.getInt(0) == DATA) {
        if (size > left && size < 0xfffffff0L) {
          throw bad(
              path,
              "%d bytes of sound, promised %d".formatted(left, size),
              "the file is truncated");
        }
        return of(path, format, at + 8, Math.min(size, left));
      }
      at += 8 + size + (size & 1);
    }
    throw bad(path, "no sound in it", "the file is truncated");
  }

  private static WavFile of(Path path, ByteBuffer format, long offset, long size) {
    if (!format.hasRemaining()) {
      throw bad(path, "sound before its format", "save it again");
    }
    int tag = format.getShort(0) & 0xffff;
    if (tag == EXTENSIBLE && format.remaining() >= 26) {
      tag = format.getShort(24) & 0xffff;
    }
    int channels = format.getShort(2) & 0xffff;
    int rate = format.getInt(4);
    int bits = format.getShort(14) & 0xffff;
    if (channels != 1) {
      throw bad(path, channels + " channels, expected 1", "mix it down: ffmpeg -i IN -ac 1 OUT");
    }
    Coding coding = coding(path, tag, bits);
    long frames = size / coding.bytes;
    if (frames < 1 || frames > MappedFile.MAX_SLICE / 4) {
      throw bad(path, frames + " samples of sound", "give 1 sample to 2 hours a file");
    }
    return new WavFile(path, coding, rate, offset, (int) frames);
  }

  private static Coding coding(Path path, int tag, int bits) {
    if (tag == 1 && bits == 16) {
      return Coding.PCM16;
    } else if (tag == 1 && bits == 24) {
      return Coding.PCM24;
    } else if (tag == 1 && bits == 32) {
      return Coding.PCM32;
    } else if (tag == 3 && bits == 32) {
      return Coding.FLOAT32;
    }
    throw bad(
        path,
        "coding %d of %d bits, expected PCM of 16, 24 or 32 bits or 32-bit float"
            .formatted(tag, bits),
        "convert it: ffmpeg -i IN -c:a pcm_s16le OUT");
  }

  /** Samples [from, from + count) in -1 to 1. */
  double[] read(int from, int count) {
    ByteBuffer raw;
    try {
      raw =
          MappedFile.open(path)
              .slice(dataOffset + (long) from * coding.bytes, count * coding.bytes);
    } catch (IOException | IllegalArgumentException e) {
      throw BadData.unreadable(path, e);
    }
    double[] out = new double[count];
    for (int i = 0; i < count; i++) {
      out[i] = coding.read(raw, i * coding.bytes);
      if (!Double.isFinite(out[i])) {
        throw bad(path, "sample " + (from + i) + " is " + out[i], "expected finite numbers");
      }
    }
    return out;
  }

  private static CompressorException bad(Path path, String what, String hint) {
    return BadData.in(path.toString(), what, hint);
  }
}
