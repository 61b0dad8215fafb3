package io.compressor.formats.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TableCodesTest {
  @Test
  void aByteHoldsAsManyCodesAsItCan() {
    int[][] expected = {
      {2, 8}, {3, 5}, {4, 4}, {5, 3}, {6, 3}, {7, 2}, {8, 2}, {16, 2}, {17, 1}, {256, 1}
    };
    for (int[] e : expected) {
      assertEquals(e[1], new TableCodes(e[0]).perByte(), e[0] + " levels");
    }
  }

  @Test
  void everyNumberOfLevelsAndRaggedRowsComeBack() {
    SplittableRandom random = new SplittableRandom(3);
    for (int levels = 2; levels <= 256; levels++) {
      TableCodes table = new TableCodes(levels);
      for (int columns = 1; columns < 20; columns++) {
        byte[] codes = codes(random, 3 * columns, levels);
        byte[] packed = table.pack(codes, columns);
        assertEquals(3 * table.rowBytes(columns), packed.length);
        assertArrayEquals(codes, table.unpack(packed, columns), levels + "x" + columns);
      }
    }
  }

  @Test
  void gatheringTableRowsGivesTheWeights() {
    SplittableRandom random = new SplittableRandom(4);
    for (int levels : new int[] {2, 3, 4, 5, 6, 16, 100, 256}) {
      TableCodes table = new TableCodes(levels);
      byte[] values = codes(random, levels, 256);
      int d = table.perByte();
      int columns = 4 * d;
      byte[] codes = codes(random, 2 * columns, levels);
      byte[] packed = table.pack(codes, columns);
      byte[] rows = table.table(values);
      assertEquals(256 * d, rows.length);
      for (int i = 0; i < codes.length; i++) {
        int row = packed[i / d] & 0xff;
        assertEquals(values[codes[i] & 0xff], rows[row * d + i % d]);
      }
    }
  }

  @Test
  void powersOfTwoAreTheBitStream() {
    SplittableRandom random = new SplittableRandom(5);
    for (int bits : new int[] {1, 2, 4, 8}) {
      byte[] codes = codes(random, 64, 1 << bits);
      assertArrayEquals(
          BitPacking.pack(codes, bits), TableCodes.ofBits(bits).pack(codes, codes.length));
    }
  }

  @Test
  void codesAndShapesThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new TableCodes(1));
    assertThrows(IllegalArgumentException.class, () -> new TableCodes(257));
    TableCodes ternary = new TableCodes(3);
    assertThrows(IllegalArgumentException.class, () -> ternary.pack(new byte[] {3}, 1));
    assertThrows(IllegalArgumentException.class, () -> ternary.pack(new byte[5], 2));
    assertThrows(IllegalArgumentException.class, () -> ternary.table(new byte[2]));
  }

  private static byte[] codes(SplittableRandom random, int count, int levels) {
    byte[] codes = new byte[count];
    for (int i = 0; i < count; i++) {
      codes[i] = (byte) random.nextInt(levels);
    }
    return codes;
  }
}
