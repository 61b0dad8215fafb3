package io.compressor.train.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.graph.Graphs;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private static float[] varied(Augmentation how, Tensor images, int[] samples, int epoch) {
    Map<String, Tensor> feeds = new HashMap<>(Map.of("x", images));
    how.apply(feeds, samples, 17, epoch);
    return feeds.get("x").toFloats();
  }

  @Test
  void followsFromSeedEpochAndSampleAlone() {
    Augmentation how = new Augmentation("x", 2, true, 0);
    Tensor two = Graphs.random("x", 1, 2, 3, 8, 8);
    float[] values = two.toFloats();
    float[] both = varied(how, two, new int[] {5, 9}, 3);
    Tensor second =
        Tensor.ofFloats(
            "x", new long[] {1, 3, 8, 8}, Arrays.copyOfRange(values, 192, values.length));
    assertArrayEquals(
        Arrays.copyOfRange(both, 192, both.length), varied(how, second, new int[] {9}, 3), 0);
    assertFalse(Arrays.equals(both, varied(how, two, new int[] {5, 9}, 4)));
  }

  /** Moves and mirror images of a small picture, against a definition that pads and cuts. */
  @Test
  void isACutOfThePaddedImageOrItsMirrorImage() {
    Augmentation how = new Augmentation("x", 1, true, -7);
    float[] image = {1, 2, 3, 4, 5, 6};
    Tensor one = Tensor.ofFloats("x", new long[] {1, 2, 3}, image);
    Set<String> possible = new HashSet<>();
    for (int mirrored = 0; mirrored < 2; mirrored++) {
      float[][] padded = new float[4][5];
      for (float[] row : padded) {
        Arrays.fill(row, -7);
      }
      for (int p = 0; p < 6; p++) {
        int x = mirrored == 1 ? 2 - p % 3 : p % 3;
        padded[1 + p / 3][1 + x] = image[p];
      }
      for (int top = 0; top < 3; top++) {
        for (int left = 0; left < 3; left++) {
          float[] cut = new float[6];
          for (int p = 0; p < 6; p++) {
            cut[p] = padded[top + p / 3][left + p % 3];
          }
          possible.add(Arrays.toString(cut));
        }
      }
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 400; i++) {
      seen.add(Arrays.toString(varied(how, one, new int[] {i}, 0)));
    }
    assertEquals(possible, seen);
  }

  @Test
  void nothingAskedNothingDone() {
    Tensor images = Graphs.random("x", 1, 2, 4, 4);
    float[] same = varied(new Augmentation("x", 0, false, 0), images, new int[] {0, 1}, 0);
    assertArrayEquals(images.toFloats(), same, 0);
  }

  @Test
  void whatIsNoImageIsRefused() {
    Tensor row = Graphs.random("x", 1, 2, 4);
    CompressorException e =
        assertThrows(
            CompressorException.class,
            () -> varied(new Augmentation("x", 1, true, 0), row, new int[] {0, 1}, 0));
    assertTrue(e.getMessage().contains("images"), e.getMessage());
  }
}
