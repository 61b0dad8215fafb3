package io.compressor.workspace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Reads what {@link FieldWriter} wrote. No length is believed before that many bytes are there, so
 * a hostile file costs no memory.
 */
final class FieldReader {
  private final ByteBuffer bytes;

  FieldReader(ByteBuffer bytes) {
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  int number() throws DamagedException {
    return run(4).getInt();
  }

  String text() throws DamagedException {
    return StandardCharsets.UTF_8.decode(array(1, number())).toString();
  }

  byte[] bytes() throws DamagedException {
    ByteBuffer found = array(1, number());
    byte[] values = new byte[found.remaining()];
    found.get(values);
    return values;
  }

  float[] floats() throws DamagedException {
    ByteBuffer found = array(4, number());
    float[] values = new float[found.remaining() / 4];
    found.asFloatBuffer().get(values);
    return values;
  }

  double[] doubles() throws DamagedException {
    return doubles(number());
  }

  OptionalDouble maybeDouble() throws DamagedException {
    double[] values = doubles();
    return values.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(values[0]);
  }

  Optional<double[]> maybeDoubles() throws DamagedException {
    int length = number();
    return length == -1 ? Optional.empty() : Optional.of(doubles(length));
  }

  /** All that is left. */
  ByteBuffer rest() {
    return bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  void requireEnd() throws DamagedException {
    if (bytes.hasRemaining()) {
      throw new DamagedException(bytes.remaining() + " bytes too many");
    }
  }

  private double[] doubles(int length) throws DamagedException {
    ByteBuffer found = array(8, length);
    double[] values = new double[found.remaining() / 8];
    found.asDoubleBuffer().get(values);
    return values;
  }

  private ByteBuffer array(int size, int length) throws DamagedException {
    if (length < 0 || (long) size * length > bytes.remaining()) {
      throw new DamagedException(
          "an array of %d elements in %d bytes".formatted(length, bytes.remaining()));
    }
    return run(size * length);
  }

  private ByteBuffer run(int length) throws DamagedException {
    if (length > bytes.remaining()) {
      throw new DamagedException("it ends %d bytes early".formatted(length - bytes.remaining()));
    }
    ByteBuffer run = bytes.slice(bytes.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(bytes.position() + length);
    return run;
  }
}
