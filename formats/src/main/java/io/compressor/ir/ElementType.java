package io.compressor.ir;

import java.util.Optional;

/**
 * ONNX element types (TensorProto.DataType), sized in bits because some are narrower than a byte.
 */
public enum ElementType {
  FLOAT(1, 32),
  UINT8(2, 8),
  INT8(3, 8),
  UINT16(4, 16),
  INT16(5, 16),
  INT32(6, 32),
  INT64(7, 64),
  /** Variable length; {@link #bits()} is 0. */
  STRING(8, 0),
  BOOL(9, 8),
  FLOAT16(10, 16),
  DOUBLE(11, 64),
  UINT32(12, 32),
  UINT64(13, 64),
  COMPLEX64(14, 64),
  COMPLEX128(15, 128),
  BFLOAT16(16, 16),
  FLOAT8E4M3FN(17, 8),
  FLOAT8E4M3FNUZ(18, 8),
  FLOAT8E5M2(19, 8),
  FLOAT8E5M2FNUZ(20, 8),
  UINT4(21, 4),
  INT4(22, 4),
  FLOAT4E2M1(23, 4),
  FLOAT8E8M0(24, 8),
  UINT2(25, 2),
  INT2(26, 2),
  FLOAT6E2M3(27, 6),
  FLOAT6E3M2(28, 6);

  private final int onnxId;
  private final int bits;

  ElementType(int onnxId, int bits) {
    this.onnxId = onnxId;
    this.bits = bits;
  }

  /** The value of TensorProto.DataType. */
  public int onnxId() {
    return onnxId;
  }

  /** Bits of one element; 0 for strings. */
  public int bits() {
    return bits;
  }

  /** Whether this is one of the floating point types of 16 bits or more (complex excluded). */
  public boolean isFloat() {
    return this == FLOAT || this == DOUBLE || this == FLOAT16 || this == BFLOAT16;
  }

  /**
   * Bytes of raw data for {@code elements} elements, rounded up to a whole byte.
   *
   * @throws ArithmeticException on overflow
   */
  public long byteCount(long elements) {
    return Math.addExact(Math.multiplyExact(elements, (long) bits), 7L) >> 3;
  }

  /** The type with this ONNX id, or empty when the id is unknown. */
  public static Optional<ElementType> of(int onnxId) {
    return onnxId >= 1 && onnxId <= values().length
        ? Optional.of(values()[onnxId - 1])
        : Optional.empty();
  }
}
