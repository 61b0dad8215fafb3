package io.compressor.ir;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A constant tensor: type and shape at hand, bytes only when asked for.
 *
 * @param name may be empty for a tensor inside an attribute
 * @param dims fixed sizes, row-major
 * @param data little-endian raw data as in TensorProto.raw_data (4- and 2-bit types packed, low
 *     bits first); for {@link ElementType#STRING} the wire form of the repeated string_data field
 * @param extra TensorProto fields that are not modelled (doc_string, metadata), verbatim
 * @param message the whole TensorProto as read, repeated verbatim by the writer while the tensor is
 *     untouched and its data is inline; empty when made here or stored externally
 */
public record Tensor(
    String name, ElementType type, long[] dims, Bytes data, Bytes extra, Bytes message) {

  public Tensor {
    dims = dims.clone();
    if (type != ElementType.STRING && data.size() != type.byteCount(count(dims))) {
      throw new IllegalArgumentException(
          "tensor '%s' %s%s needs %d bytes but has %d"
              .formatted(
                  name, type, Arrays.toString(dims), type.byteCount(count(dims)), data.size()));
    }
  }

  public static Tensor of(String name, ElementType type, long[] dims, Bytes data) {
    return new Tensor(name, type, dims, data, Bytes.empty(), Bytes.empty());
  }

  /** float32 tensor in a direct buffer, so that ONNX Runtime can use it without a copy. */
  public static Tensor ofFloats(String name, long[] dims, float[] values) {
    ByteBuffer buffer = direct(values.length * 4L);
    buffer.asFloatBuffer().put(values);
    return of(name, ElementType.FLOAT, dims, Bytes.of(buffer));
  }

  public static Tensor ofDoubles(String name, long[] dims, double[] values) {
    ByteBuffer buffer = direct(values.length * 8L);
    buffer.asDoubleBuffer().put(values);
    return of(name, ElementType.DOUBLE, dims, Bytes.of(buffer));
  }

  public static Tensor ofLongs(String name, long[] dims, long... values) {
    ByteBuffer buffer = direct(values.length * 8L);
    buffer.asLongBuffer().put(values);
    return of(name, ElementType.INT64, dims, Bytes.of(buffer));
  }

  public static Tensor ofInts(String name, long[] dims, int... values) {
    ByteBuffer buffer = direct(values.length * 4L);
    buffer.asIntBuffer().put(values);
    return of(name, ElementType.INT32, dims, Bytes.of(buffer));
  }

  /** Any byte-wide or packed type from its raw bytes. */
  public static Tensor ofBytes(String name, ElementType type, long[] dims, byte[] raw) {
    ByteBuffer buffer = direct(raw.length);
    buffer.put(raw).flip();
    return of(name, type, dims, Bytes.of(buffer));
  }

  /**
   * Strings, as the bytes ONNX stores (UTF-8 by convention).
   *
   * @throws IllegalArgumentException when their number is not that of the shape
   */
  public static Tensor ofStrings(String name, long[] dims, List<byte[]> values) {
    if (values.size() != count(dims)) {
      throw new IllegalArgumentException(
          "tensor '%s' %s needs %d strings but has %d"
              .formatted(name, Arrays.toString(dims), count(dims), values.size()));
    }
    return of(name, ElementType.STRING, dims, StringData.encode(values));
  }

  public static Tensor scalar(String name, float value) {
    return ofFloats(name, new long[0], new float[] {value});
  }

  /** Number of elements; 1 for a scalar. */
  public long elements() {
    return count(dims);
  }

  public int rank() {
    return dims.length;
  }

  /** Bytes of the raw data. */
  public long byteCount() {
    return data.size();
  }

  /** The same data under another name, no longer tied to the message it was read from. */
  public Tensor withName(String newName) {
    return new Tensor(newName, type, dims, data, extra, Bytes.empty());
  }

  /**
   * All values as float32, decoded from any numeric type (row-major).
   *
   * @throws IllegalStateException for strings and complex numbers
   */
  public float[] toFloats() {
    return Decode.floats(this);
  }

  /** All values as int64; only for integer and boolean types. */
  public long[] toLongs() {
    return Decode.longs(this);
  }

  /**
   * The elements of a string tensor.
   *
   * @throws IllegalStateException for any other type
   */
  public List<byte[]> toStrings() {
    if (type != ElementType.STRING) {
      throw new IllegalStateException("'" + name + "' holds no strings: " + type);
    }
    return StringData.decode(data);
  }

  @Override
  public long[] dims() {
    return dims.clone();
  }

  @Override
  public String toString() {
    return name + ":" + TensorType.of(type, dims);
  }

  static long count(long[] dims) {
    long n = 1;
    for (long d : dims) {
      if (d < 0) {
        throw new IllegalArgumentException("negative dimension " + d);
      }
      n = Math.multiplyExact(n, d);
    }
    return n;
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
