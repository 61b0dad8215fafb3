package io.compressor.formats.data;

import static io.compressor.formats.data.ModelInputs.longs;
import static io.compressor.formats.data.ModelInputs.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.compressor.ir.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CyclicExpansionTest {
  private static final List<Value> INPUTS =
      List.of(
          longs("input_ids", "batch", "sequence"),
          longs("attention_mask", "batch", "sequence"),
          longs("position_ids", "batch", "sequence"));

  @TempDir Path folder;

  @BeforeEach
  void writeTokenizer() throws IOException {
    ToyTokenizer.write(folder);
  }

  /** Texts of 6, 4 and 3 tokens, the first and last of which are special. */
  private Dataset open(List<Value> inputs) throws IOException {
    Path path = Files.writeString(folder.resolve("a.txt"), "w0 w1 w2 w3\nw4 w5\nw6\n");
    return Datasets.open(DataSource.of(path), inputs);
  }

  private static long[] row(Batch batch, String name, int row) {
    long[] all = batch.inputs().get(name).toLongs();
    int length = all.length / batch.size();
    return Arrays.copyOfRange(all, row * length, (row + 1) * length);
  }

  @Test
  void oneIsTheDataItself() throws IOException {
    Dataset data = open(INPUTS);
    assertSame(data, CyclicExpansion.of(data, 1));
  }

  @Test
  void eachTextComesShiftedByEqualSteps() throws IOException {
    Dataset data = CyclicExpansion.of(open(INPUTS), 3);
    assertEquals(9, data.size());
    Batch first = data.batch(0, 3);
    assertArrayEquals(new long[] {2, 10, 11, 12, 13, 3}, row(first, "input_ids", 0));
    assertArrayEquals(new long[] {13, 3, 2, 10, 11, 12}, row(first, "input_ids", 1));
    assertArrayEquals(new long[] {11, 12, 13, 3, 2, 10}, row(first, "input_ids", 2));
    assertArrayEquals(row(first, "position_ids", 0), row(first, "position_ids", 2));
  }

  @Test
  void onlyRealTokensMove() throws IOException {
    Dataset data = CyclicExpansion.of(open(INPUTS), 2);
    Batch all = data.batch(0, 6);
    long pad = row(all, "input_ids", 4)[5];
    assertArrayEquals(new long[] {15, 3, 2, 14, pad, pad}, row(all, "input_ids", 3));
    assertArrayEquals(new long[] {1, 1, 1, 1, 0, 0}, row(all, "attention_mask", 3));
    assertArrayEquals(new long[] {3, 2, 16, pad, pad, pad}, row(all, "input_ids", 5));
    assertEquals(4, data.length(3));
  }

  @Test
  void withoutMaskTheNaturalLengthTells() throws IOException {
    Dataset data = CyclicExpansion.of(open(INPUTS.subList(0, 1)), 2);
    long[] last = row(data.batch(0, 6), "input_ids", 5);
    assertArrayEquals(new long[] {3, 2, 16}, Arrays.copyOf(last, 3));
    assertEquals(last[3], last[5], "padding stays");
  }

  @Test
  void everyTokenIsKeptAndVisitsOtherPlaces() throws IOException {
    Dataset base = open(INPUTS);
    Dataset data = CyclicExpansion.of(base, 6);
    long[] original = row(base.batch(0, 1), "input_ids", 0);
    for (int s = 0; s < 6; s++) {
      long[] shifted = row(data.batch(s, s + 1), "input_ids", 0);
      for (int t = 0; t < 6; t++) {
        assertEquals(original[t], shifted[(t + s) % 6]);
      }
    }
  }

  @Test
  void selectionsKeepTheirShifts() throws IOException {
    Dataset data = CyclicExpansion.of(open(INPUTS), 3);
    Batch picked = data.select(2, 0).batch(0, 2);
    assertArrayEquals(row(data.batch(2, 3), "input_ids", 0), row(picked, "input_ids", 0));
    assertArrayEquals(row(data.batch(0, 1), "input_ids", 0), row(picked, "input_ids", 1));
  }

  @Test
  void saysWhatWasDone() throws IOException {
    Dataset base = open(INPUTS);
    Dataset data = CyclicExpansion.of(base, 3);
    assertNotEquals(base.sha256(), data.sha256());
    assertNotEquals(data.sha256(), CyclicExpansion.of(base, 2).sha256());
    assertEquals(9, data.summary().samples());
    refused(() -> CyclicExpansion.of(base, 0), "0 times");
    refused(() -> CyclicExpansion.of(base, Integer.MAX_VALUE), "expanded");
    refused(data::select, "no samples");
  }
}
