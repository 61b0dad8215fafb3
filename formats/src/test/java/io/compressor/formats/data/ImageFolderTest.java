package io.compressor.formats.data;

import static io.compressor.formats.data.ModelInputs.floats;
import static io.compressor.formats.data.ModelInputs.input;
import static io.compressor.formats.data.ModelInputs.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.ir.ElementType;
import io.compressor.ir.Value;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
  private static final float EXACT = 1e-6f;

  @TempDir Path folder;

  private void picture(String name, int width, int height, int... rgb) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, rgb[i % rgb.length]);
    }
    String format = name.substring(name.lastIndexOf('.') + 1).replace("jpeg", "jpg");
    assertTrue(ImageIO.write(image, format, file.toFile()));
  }

  private Dataset open(Map<String, Object> preprocess, Value input) {
    Map<String, Object> descriptor = Map.of("files", ".", "preprocess", preprocess);
    return Datasets.open(DataSource.of(descriptor, folder, "data.yaml"), List.of(input));
  }

  @Test
  void classFoldersGiveSortedLabelsInTurn() throws IOException {
    picture("dog/1.png", 2, 2, 0x102030);
    picture("cat/1.jpeg", 2, 2, 0xffffff);
    picture("cat/2.bmp", 2, 2, 0);
    picture("cat/3.png", 2, 2, 0x0000ff);
    Files.createDirectories(folder.resolve("ant"));
    Dataset data = Datasets.open(DataSource.of(folder), List.of(floats("x", "n", 3, 2, 2)));
    assertEquals(4, data.size());
    assertArrayEquals(new long[] {1, 2, 1, 1}, data.labels().orElseThrow());
    float[] second = data.batch(1, 2).inputs().get("x").toFloats();
    assertArrayEquals(
        new float[] {
          16 / 255f, 16 / 255f, 16 / 255f, 16 / 255f, 32 / 255f, 32 / 255f, 32 / 255f, 32 / 255f,
          48 / 255f, 48 / 255f, 48 / 255f, 48 / 255f
        },
        second,
        EXACT);
    assertTrue(data.summary().notes().contains("3 classes: 0=ant, 1=cat, 2=dog"));
    assertTrue(data.summary().notes().contains("pixels divided by 255 (scale not given)"));
  }

  @Test
  void meanDeviationLayoutAndColourOrderApply() throws IOException {
    picture("a.png", 1, 1, 0x102030);
    Dataset data =
        open(
            Map.of(
                "mean", List.of(1, 2, 3), "std", 2, "scale", 1, "layout", "nhwc", "color", "bgr"),
            floats("x", "n", 1, 1, 3));
    assertArrayEquals(
        new float[] {(48 - 1) / 2f, (32 - 2) / 2f, (16 - 3) / 2f},
        data.batch(0, 1).inputs().get("x").toFloats(),
        EXACT);
    assertTrue(data.labels().isEmpty());
  }

  @Test
  void integerInputsGetRawPixels() throws IOException {
    picture("a.png", 1, 2, 0x102030, 0x405060);
    Dataset data = open(Map.of(), input("x", ElementType.UINT8, 1, 2, 1, 3));
    assertArrayEquals(
        new long[] {16, 32, 48, 64, 80, 96}, data.batch(0, 1).inputs().get("x").toLongs());
  }

  @Test
  void theShorterSideIsResizedAndTheCentreCropped() throws IOException {
    // Left half black, right half white; after 8x4 -> 4x2 the centre 2x2 straddles the edge.
    picture("a.png", 8, 4, 0, 0, 0, 0, 0xffffff, 0xffffff, 0xffffff, 0xffffff);
    Dataset data =
        open(Map.of("size", 2, "scale", 1, "color", "gray"), floats("x", "n", 1, "h", "w"));
    float[] values = data.batch(0, 1).inputs().get("x").toFloats();
    assertEquals(4, values.length);
    assertTrue(values[0] < 64 && values[1] > 191, () -> Arrays.toString(values));
  }

  @Test
  void sizesThatDoNotFitAreRefused() throws IOException {
    picture("a.png", 2, 2, 0);
    refused(() -> open(Map.of(), floats("x", "n", 3, "h", "w")), "any picture size", "size:");
    refused(() -> open(Map.of("size", List.of(4, 4)), floats("x", "n", 3, 8, 8)), "8x8", "4x4");
    refused(() -> open(Map.of("std", 0), floats("x", "n", 3, 8, 8)), "preprocess.std");
    refused(() -> open(Map.of("mean", List.of(1, 2)), floats("x", "n", 3, 8, 8)), "2 values for 3");
    refused(() -> open(Map.of("color", "gray"), floats("x", "n", 3, 8, 8)), "wants 3 on axis 1");
    refused(() -> open(Map.of(), floats("x", "n", 3)), "0 of the model's inputs");
  }

  @Test
  void brokenPicturesNameTheFile() throws IOException {
    picture("a.png", 16, 16, 0x123456, 0x654321, 0xff00ff);
    picture("b.jpg", 16, 16, 0x123456, 0x654321, 0xff00ff);
    SplittableRandom random = new SplittableRandom(3);
    for (String name : List.of("a.png", "b.jpg")) {
      byte[] whole = Files.readAllBytes(folder.resolve(name));
      for (int i = 0; i < 200; i++) {
        byte[] broken = Arrays.copyOf(whole, random.nextInt(whole.length) + 1);
        broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
        Path file = Files.write(folder.resolve("broken-" + name), broken);
        assertDoesNotThrow(
            () -> {
              try {
                Picture.read(file, 3);
              } catch (CompressorException e) {
                assertEquals(file.toString(), e.where());
              }
            },
            name + " try " + i);
      }
    }
    Path text = Files.writeString(folder.resolve("c.png"), "no picture");
    refused(() -> Picture.read(text, 3), "c.png", "no PNG");
  }
}
