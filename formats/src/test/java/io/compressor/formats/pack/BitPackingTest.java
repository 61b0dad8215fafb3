package io.compressor.formats.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BitPackingTest {
  @Test
  void everyWidthAndLengthComesBack() {
    SplittableRandom random = new SplittableRandom(1);
    for (int bits = 1; bits <= 8; bits++) {
      for (int count = 0; count < 70; count++) {
        byte[] codes = codes(random, count, 1 << bits);
        byte[] packed = BitPacking.pack(codes, bits);
        assertEquals((count * bits + 7) / 8, packed.length);
        assertArrayEquals(codes, BitPacking.unpack(packed, bits, count), bits + " bits " + count);
      }
    }
  }

  /** The definition: the codes are the digits of one big little-endian number. */
  @Test
  void theStreamIsOneNumberInBaseTwoToTheBits() {
    SplittableRandom random = new SplittableRandom(2);
    for (int bits = 1; bits <= 8; bits++) {
      byte[] codes = codes(random, 41, 1 << bits);
      BigInteger expected = BigInteger.ZERO;
      for (int i = 0; i < codes.length; i++) {
        expected = expected.or(BigInteger.valueOf(codes[i] & 0xff).shiftLeft(i * bits));
      }
      byte[] packed = BitPacking.pack(codes, bits);
      BigInteger actual = BigInteger.ZERO;
      for (int i = 0; i < packed.length; i++) {
        actual = actual.or(BigInteger.valueOf(packed[i] & 0xff).shiftLeft(8 * i));
      }
      assertEquals(expected, actual);
    }
  }

  @Test
  void signedCodesArePackedAsOnnxReadsThem() {
    byte[] weights = {-8, 7, -1, 0, 3};
    Tensor tensor =
        Tensor.ofBytes("w", ElementType.INT4, new long[] {5}, BitPacking.pack(weights, 4));
    assertArrayEquals(new long[] {-8, 7, -1, 0, 3}, tensor.toLongs());
    byte[] crumbs = {-2, 1, -1, 0, 1};
    Tensor two = Tensor.ofBytes("w", ElementType.INT2, new long[] {5}, BitPacking.pack(crumbs, 2));
    assertArrayEquals(new long[] {-2, 1, -1, 0, 1}, two.toLongs());
  }

  @Test
  void widthsOutsideOneToEightAndShortInputsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> BitPacking.pack(new byte[1], 0));
    assertThrows(IllegalArgumentException.class, () -> BitPacking.pack(new byte[1], 9));
    assertThrows(IllegalArgumentException.class, () -> BitPacking.unpack(new byte[2], 3, 6));
  }

  private static byte[] codes(SplittableRandom random, int count, int levels) {
    byte[] codes = new byte[count];
    for (int i = 0; i < count; i++) {
      codes[i] = (byte) random.nextInt(levels);
    }
    return codes;
  }
}
