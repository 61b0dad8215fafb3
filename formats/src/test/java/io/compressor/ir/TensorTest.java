package io.compressor.ir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
  @Test
  void theDataMustFitTheShape() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Tensor.ofFloats("w", new long[] {2, 2}, new float[3]));
    assertThrows(
        IllegalArgumentException.class, () -> Tensor.ofFloats("w", new long[] {-1}, new float[1]));
  }

  @Test
  void narrowTypesRoundUpToWholeBytes() {
    assertEquals(2, ElementType.INT4.byteCount(3));
    assertEquals(1, ElementType.INT2.byteCount(4));
    assertEquals(3, ElementType.FLOAT6E2M3.byteCount(4));
    assertEquals(0, ElementType.STRING.byteCount(7));
    assertThrows(ArithmeticException.class, () -> ElementType.FLOAT.byteCount(Long.MAX_VALUE / 8));
  }

  @Test
  void idsAreThoseOfOnnx() {
    for (ElementType type : ElementType.values()) {
      assertEquals(type, ElementType.of(type.onnxId()).orElseThrow());
    }
    assertEquals(28, ElementType.values().length);
    assertEquals(true, ElementType.of(0).isEmpty() && ElementType.of(29).isEmpty());
  }

  @Test
  void stringsComeBackWhateverTheirLength() {
    List<byte[]> values = new ArrayList<>();
    for (int length : new int[] {0, 1, 127, 128, 129, 16_384, 70_000}) {
      values.add("é".repeat(length).getBytes(StandardCharsets.UTF_8));
    }
    Tensor tensor = Tensor.ofStrings("s", new long[] {values.size()}, values);
    List<byte[]> read = tensor.toStrings();
    for (int i = 0; i < values.size(); i++) {
      assertArrayEquals(values.get(i), read.get(i));
    }
    assertThrows(
        IllegalArgumentException.class, () -> Tensor.ofStrings("s", new long[] {2}, values));
    assertThrows(IllegalStateException.class, () -> Tensor.scalar("x", 1).toStrings());
  }

  @Test
  void integersOfEveryTypeDecode() {
    byte[] raw = {(byte) 0xfe, 0x7f};
    assertArrayEquals(new long[] {-2, 127}, longs(ElementType.INT8, 2, raw));
    assertArrayEquals(new long[] {254, 127}, longs(ElementType.UINT8, 2, raw));
    assertArrayEquals(new long[] {0x7ffe}, longs(ElementType.INT16, 1, raw));
    assertArrayEquals(new long[] {-2, -1, -1}, longs(ElementType.INT4, 3, raw));
    assertArrayEquals(new long[] {14, 15, 15}, longs(ElementType.UINT4, 3, raw));
    assertArrayEquals(new long[] {-2, -1, -1, -1, -1}, longs(ElementType.INT2, 5, raw));
    assertArrayEquals(new long[] {2, 3, 3, 3, 3, 3, 3, 1}, longs(ElementType.UINT2, 8, raw));
  }

  @Test
  void everyHalfComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Float16.toFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertEquals((short) bits, Float16.fromFloat(value), Integer.toHexString(bits));
      }
    }
  }

  private static long[] longs(ElementType type, long n, byte[] raw) {
    return Tensor.ofBytes("w", type, new long[] {n}, raw).toLongs();
  }
}
