package io.compressor.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlikeOrderTest {
  @ParameterizedTest
  @CsvSource({"64, 8", "65, 8", "7, 3", "5, 8", "1, 1", "96, 24"})
  void isAPermutation(int items, int group) {
    int[] order = AlikeOrder.of(random(items * 6), 6, group);
    assertArrayEquals(IntStream.range(0, items).toArray(), Arrays.stream(order).sorted().toArray());
  }

  /** Eight kinds of items, shuffled: each group is of one kind. */
  @Test
  void findsKindsThatExist() {
    float[] kinds = random(8 * 5);
    int[] kind = new int[64];
    float[] features = new float[64 * 5];
    for (int i = 0; i < 64; i++) {
      kind[i] = i * 13 % 64 % 8;
      for (int k = 0; k < 5; k++) {
        features[i * 5 + k] = 10 * kinds[kind[i] * 5 + k] + 0.001f * (i % 7);
      }
    }
    int[] order = AlikeOrder.of(features, 5, 8);
    for (int g = 0; g < 8; g++) {
      for (int i = 1; i < 8; i++) {
        assertEquals(kind[order[g * 8]], kind[order[g * 8 + i]], "group " + g);
      }
    }
  }

  /** One number an item: sorted, up or down. */
  @Test
  void aSingleNumberIsSorted() {
    float[] features = random(32);
    int[] order = AlikeOrder.of(features, 1, 1);
    float sign = Math.signum(features[order[31]] - features[order[0]]);
    for (int i = 1; i < 32; i++) {
      assertTrue(sign * (features[order[i]] - features[order[i - 1]]) >= 0, "place " + i);
    }
  }

  @Test
  void equalItemsStayWhereTheyWere() {
    float[] equal = new float[40];
    Arrays.fill(equal, 0.7f);
    assertArrayEquals(IntStream.range(0, 20).toArray(), AlikeOrder.of(equal, 2, 4));
  }

  private static float[] random(int count) {
    SplittableRandom random = new SplittableRandom(count);
    float[] some = new float[count];
    for (int i = 0; i < count; i++) {
      some[i] = (float) random.nextDouble(-1, 1);
    }
    return some;
  }
}
