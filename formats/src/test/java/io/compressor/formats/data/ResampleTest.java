package io.compressor.formats.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against Pillow's own output, written by make_pillow_samples.py: equal bit by bit. */
class ResampleTest {
  @TempDir Path folder;

  private static int sample(int x, int y, int c) {
    return (x * 37 + y * 91 + c * 53 + x * y * 5) & 255;
  }

  private static Picture picture() {
    byte[] samples = new byte[17 * 23 * 3];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) sample(i / 3 % 23, i / 69, i % 3);
    }
    return new Picture(23, 17, 3, samples);
  }

  private byte[] expected(String name) throws IOException {
    Path path = folder.resolve("pillow-resize.npz");
    if (!Files.exists(path)) {
      try (InputStream in = ResampleTest.class.getResourceAsStream("/data/pillow-resize.npz")) {
        Files.copy(in, path);
      }
    }
    NpyArray array = NpzArchive.open(path).array(name);
    int line = array.row(0).remaining();
    ByteBuffer all = ByteBuffer.allocate(line * array.rows());
    for (int row = 0; row < array.rows(); row++) {
      all.put(array.row(row));
    }
    return all.array();
  }

  @Test
  void everyDirectionEqualsPillow() throws IOException {
    assertArrayEquals(expected("down"), Resample.to(picture(), 9, 7).samples());
    assertArrayEquals(expected("up"), Resample.to(picture(), 31, 40).samples());
    assertArrayEquals(expected("wide"), Resample.to(picture(), 5, 46).samples());
    assertArrayEquals(expected("columns"), Resample.to(picture(), 17, 11).samples());
  }

  @Test
  void sameSizeChangesNothing() {
    assertArrayEquals(picture().samples(), Resample.to(picture(), 17, 23).samples());
  }

  @Test
  void pngSurvivesDecodingAndGrayEqualsPillow() throws IOException {
    BufferedImage image = new BufferedImage(23, 17, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 17; y++) {
      for (int x = 0; x < 23; x++) {
        image.setRGB(x, y, sample(x, y, 0) << 16 | sample(x, y, 1) << 8 | sample(x, y, 2));
      }
    }
    Path png = folder.resolve("a.png");
    ImageIO.write(image, "png", png.toFile());
    assertArrayEquals(picture().samples(), Picture.read(png, 3).samples());
    assertArrayEquals(expected("gray"), Picture.read(png, 1).samples());
  }

  @Test
  void grayPicturesKeepTheirStoredValues() throws IOException {
    BufferedImage image = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_GRAY);
    byte[] stored = {0, 64, (byte) 128, (byte) 255};
    image.getRaster().setDataElements(0, 0, 4, 1, stored);
    Path png = folder.resolve("gray.png");
    ImageIO.write(image, "png", png.toFile());
    assertArrayEquals(stored, Picture.read(png, 1).samples());
    byte[] rgb = Picture.read(png, 3).samples();
    assertEquals(12, rgb.length);
    assertArrayEquals(new byte[] {64, 64, 64}, Arrays.copyOfRange(rgb, 3, 6));
  }
}
