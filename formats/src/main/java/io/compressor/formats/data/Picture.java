package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * A decoded picture: 8-bit samples, row-major, channels together (RGB, or one gray).
 *
 * <p>Samples are taken as they are stored: no colour profile, no gamma, alpha dropped, 16 bits cut
 * to 8. That is what the training pipelines around Pillow do.
 */
record Picture(int width, int height, int channels, byte[] samples) {
  private static final long MAX_PIXELS = 100_000_000;

  /** Decodes a PNG, JPEG or BMP file to three channels, or one. */
  static Picture read(Path file, int channels) {
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw broken(file, "no PNG, JPEG or BMP picture");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels < 1 || pixels > MAX_PIXELS) {
          throw broken(file, pixels + " pixels, at most " + MAX_PIXELS);
        }
        return of(reader.read(0), channels);
      } finally {
        reader.dispose();
      }
    } catch (IOException e) {
      throw Files.isReadable(file)
          ? BadData.in(file.toString(), "broken picture: " + e.getMessage(), HINT, e)
          : BadData.unreadable(file, e);
    } catch (CompressorException e) {
      throw e;
    } catch (RuntimeException e) {
      // The JDK's decoders throw whatever comes to hand on broken files.
      throw BadData.in(file.toString(), "broken picture: " + e, HINT, e);
    }
  }

  private static final String HINT = "save it again as an ordinary PNG or JPEG, or leave it out";

  private static CompressorException broken(Path file, String why) {
    return BadData.in(file.toString(), why, HINT);
  }

  private static Picture of(BufferedImage image, int channels) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(width, height), channels)];
    int[] rgb = new int[3 * width];
    for (int y = 0; y < height; y++) {
      line(image, y, rgb);
      for (int x = 0; x < width; x++) {
        int at = (y * width + x) * channels;
        if (channels == 1) {
          out[at] = gray(rgb[3 * x], rgb[3 * x + 1], rgb[3 * x + 2]);
        } else {
          out[at] = (byte) rgb[3 * x];
          out[at + 1] = (byte) rgb[3 * x + 1];
          out[at + 2] = (byte) rgb[3 * x + 2];
        }
      }
    }
    return new Picture(width, height, channels, out);
  }

  /** ITU-R 601 luma in Pillow's fixed point; equal channels stay what they are. */
  private static byte gray(int r, int g, int b) {
    return (byte) ((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16);
  }

  private static void line(BufferedImage image, int y, int[] rgb) {
    int width = image.getWidth();
    Raster raster = image.getRaster();
    int bands = raster.getNumBands();
    int transfer = raster.getTransferType();
    boolean wide = transfer == DataBuffer.TYPE_USHORT;
    if (image.getColorModel() instanceof ComponentColorModel
        && (wide || transfer == DataBuffer.TYPE_BYTE)
        && bands <= 4) {
      // getRGB would apply profiles, and a gamma to gray.
      int[] pixels = raster.getPixels(0, y, width, 1, (int[]) null);
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          int sample = pixels[x * bands + (bands >= 3 ? c : 0)];
          rgb[3 * x + c] = wide ? sample >> 8 : sample;
        }
      }
      return;
    }
    int[] packed = image.getRGB(0, y, width, 1, null, 0, width);
    for (int x = 0; x < width; x++) {
      rgb[3 * x] = packed[x] >> 16 & 0xff;
      rgb[3 * x + 1] = packed[x] >> 8 & 0xff;
      rgb[3 * x + 2] = packed[x] & 0xff;
    }
  }

  /** The centre; offsets round half to even, as torchvision's do. */
  Picture centre(int wantedHeight, int wantedWidth) {
    int top = (int) Math.rint((height - wantedHeight) / 2.0);
    int left = (int) Math.rint((width - wantedWidth) / 2.0);
    byte[] out = new byte[wantedHeight * wantedWidth * channels];
    int line = wantedWidth * channels;
    for (int y = 0; y < wantedHeight; y++) {
      System.arraycopy(samples, ((y + top) * width + left) * channels, out, y * line, line);
    }
    return new Picture(wantedWidth, wantedHeight, channels, out);
  }
}
