package io.compressor.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CodeWordsTest {
  @Test
  void everyNumberOfLevelsComesBack() {
    SplittableRandom random = new SplittableRandom(1);
    for (int levels = 2; levels <= 256; levels++) {
      CodeWords words = CodeWords.of(levels);
      int rows = 3;
      int cols = 1 + random.nextInt(40);
      byte[] codes = new byte[rows * cols];
      for (int i = 0; i < codes.length; i++) {
        codes[i] = (byte) random.nextInt(levels);
      }
      byte[] packed = words.pack(codes, rows, cols);
      assertEquals(rows * words.bytes(cols), packed.length);
      assertArrayEquals(codes, unpack(words, packed, rows, cols), "levels " + levels);
    }
  }

  /** By definition: digits to the base of the number of levels, lowest first. */
  private static byte[] unpack(CodeWords words, byte[] packed, int rows, int cols) {
    byte[] codes = new byte[rows * cols];
    int size = words.wordBits() / 8;
    int width = (int) words.words(cols);
    for (int i = 0; i < codes.length; i++) {
      int at = (i / cols * width + i % cols / words.perWord()) * size;
      int word = packed[at] & 0xff | (size == 2 ? (packed[at + 1] & 0xff) << 8 : 0);
      codes[i] = (byte) (word / words.powers()[i % cols % words.perWord()] % words.levels());
    }
    return codes;
  }

  @Test
  void widthsAreTheSmallestOfBothWords() {
    assertEquals(new CodeWords(2, 8, 8), CodeWords.of(2));
    assertEquals(new CodeWords(3, 8, 5), CodeWords.of(3));
    assertEquals(new CodeWords(4, 8, 4), CodeWords.of(4));
    assertEquals(new CodeWords(6, 8, 3), CodeWords.of(6));
    assertEquals(new CodeWords(8, 16, 5), CodeWords.of(8));
    assertEquals(new CodeWords(16, 8, 2), CodeWords.of(16));
    assertEquals(new CodeWords(32, 16, 3), CodeWords.of(32));
    assertTrue(CodeWords.of(40).isDense());
    assertFalse(CodeWords.of(64).isDense());
    assertThrows(IllegalArgumentException.class, () -> CodeWords.of(1));
  }
}
