package io.compressor.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowBlocksTest {
  private static final int SIZE = 3;

  @Test
  void blocksAreCutByRowsHoweverTheRowsCome() {
    int total = 2 * RowBlocks.rowsPerBlock(SIZE) + 17;
    Tensor all = Texts.noise("x", 1, total, SIZE);
    for (int step : new int[] {1, 5, 700, total}) {
      RowBlocks blocks = new RowBlocks(SIZE);
      List<Tensor> found = new ArrayList<>();
      ByteBuffer bytes = all.data().buffer();
      for (int at = 0; at < total; at += step) {
        int rows = Math.min(step, total - at);
        blocks.append(bytes.slice(at * SIZE * 4, rows * SIZE * 4));
        for (RowBlocks.Block block : blocks.take(false)) {
          found.add(copy(block.rows()));
          blocks.giveBack(block);
        }
      }
      blocks.take(true).forEach(b -> found.add(copy(b.rows())));
      assertEquals(3, found.size(), "step " + step);
      assertEquals(17, found.get(2).dims()[0]);
      assertArrayEquals(all.toFloats(), concat(found));
      assertTrue(blocks.take(true).isEmpty());
    }
  }

  @Test
  void blocksAreBounded() {
    assertEquals(1024, RowBlocks.rowsPerBlock(8));
    assertEquals(3072, RowBlocks.rowsPerBlock(3072));
    for (int size : new int[] {1, 384, 4096, 14336, 46000}) {
      long bytes = 4L * size * RowBlocks.rowsPerBlock(size);
      assertTrue(bytes <= 64L << 20, size + " columns take " + bytes);
    }
  }

  @Test
  void productsOverSeveralBlocksMatchTheDefinition() {
    int rows = RowBlocks.rowsPerBlock(SIZE) + 100;
    Tensor x = Texts.noise("x", 2, rows, SIZE);
    MomentSums sums = new MomentSums(1, SIZE);
    RowBlocks blocks = new RowBlocks(SIZE);
    blocks.append(x.data().buffer());
    try (Gram gram = new Gram()) {
      blocks.take(true).forEach(b -> sums.addStrips(gram.of(b.rows())));
    }
    // fp32 sums of a thousand products of size 1
    assertArrayEquals(
        Naive.products(Naive.rows(x.toFloats(), SIZE), SIZE), sums.result().products(), 1e-3);
  }

  private static Tensor copy(Tensor rows) {
    return Tensor.ofFloats("x", rows.dims(), rows.toFloats());
  }

  private static float[] concat(List<Tensor> parts) {
    int n = parts.stream().mapToInt(p -> (int) p.elements()).sum();
    float[] all = new float[n];
    int at = 0;
    for (Tensor part : parts) {
      float[] values = part.toFloats();
      System.arraycopy(values, 0, all, at, values.length);
      at += values.length;
    }
    return all;
  }
}
