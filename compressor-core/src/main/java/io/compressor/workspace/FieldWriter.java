package io.compressor.workspace;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;

/** Numbers, texts and arrays one after the other, little-endian; arrays after their length. */
final class FieldWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  void number(int value) {
    bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  void text(String value) {
    bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  void bytes(byte[] values) {
    number(values.length);
    bytes.writeBytes(values);
  }

  void floats(float[] values) {
    number(values.length);
    byte[] stored = new byte[Math.multiplyExact(4, values.length)];
    ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    bytes.writeBytes(stored);
  }

  void doubles(double[] values) {
    number(values.length);
    byte[] stored = new byte[Math.multiplyExact(8, values.length)];
    ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(values);
    bytes.writeBytes(stored);
  }

  /** One element or none. */
  void maybe(OptionalDouble value) {
    doubles(value.stream().toArray());
  }

  /** The array, or the length −1. */
  void maybe(Optional<double[]> values) {
    values.ifPresentOrElse(this::doubles, () -> number(-1));
  }

  /** As they are, without a length. */
  void raw(byte[] values) {
    bytes.writeBytes(values);
  }

  byte[] toArray() {
    return bytes.toByteArray();
  }
}
