package io.compressor.formats.onnx;

import io.compressor.formats.onnx.Fields.OfTensor;
import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Tensor values in the typed fields (float_data, int32_data …), turned into raw little-endian form
 * when asked for. See the comments of TensorProto in onnx.proto for which type lives where.
 */
final class TypedData {
  private TypedData() {}

  /** The typed field that holds this element type. */
  static int fieldOf(ElementType type) {
    return switch (type) {
      case FLOAT, COMPLEX64 -> OfTensor.FLOAT_DATA;
      case DOUBLE, COMPLEX128 -> OfTensor.DOUBLE_DATA;
      case INT64 -> OfTensor.INT64_DATA;
      case UINT32, UINT64 -> OfTensor.UINT64_DATA;
      case STRING -> OfTensor.STRING_DATA;
      default -> OfTensor.INT32_DATA;
    };
  }

  static String nameOf(int field) {
    return switch (field) {
      case OfTensor.FLOAT_DATA -> "float_data";
      case OfTensor.INT32_DATA -> "int32_data";
      case OfTensor.STRING_DATA -> "string_data";
      case OfTensor.INT64_DATA -> "int64_data";
      case OfTensor.DOUBLE_DATA -> "double_data";
      default -> "uint64_data";
    };
  }

  /** How many values of the typed field make up {@code elements} elements. */
  static long valuesFor(ElementType type, long elements) {
    return switch (type) {
      case COMPLEX64, COMPLEX128 -> Math.multiplyExact(elements, 2L);
      case UINT4, INT4, FLOAT4E2M1, UINT2, INT2 -> type.byteCount(elements);
      default -> elements;
    };
  }

  /** Counts the values of the field that {@code in} stands at. */
  static long count(WireReader in) {
    return switch (in.number()) {
      case OfTensor.FLOAT_DATA -> in.fixedCount(4);
      case OfTensor.DOUBLE_DATA -> in.fixedCount(8);
      default -> {
        long[] n = {0};
        in.varints(v -> n[0]++);
        yield n[0];
      }
    };
  }

  /** Raw form of a whole TensorProto's typed values, whose number was checked before. */
  static Bytes decoded(Bytes message, ElementType type, long elements) {
    long size = type.byteCount(elements);
    return new Bytes.Derived(size, () -> decode(message, type, Math.toIntExact(size)));
  }

  private static ByteBuffer decode(Bytes message, ElementType type, int size) {
    ByteBuffer out = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    int field = fieldOf(type);
    Sextets sextets = new Sextets(out);
    WireReader in = new WireReader(message, new Place("tensor"));
    while (in.next()) {
      if (in.number() == field) {
        switch (field) {
          case OfTensor.FLOAT_DATA -> in.fixed32s(out::putInt);
          case OfTensor.DOUBLE_DATA -> in.fixed64s(out::putLong);
          default -> in.varints(v -> put(out, sextets, type, v));
        }
      }
    }
    sextets.flush();
    return out.flip();
  }

  private static void put(ByteBuffer out, Sextets sextets, ElementType type, long value) {
    switch (type.bits()) {
      case 64 -> out.putLong(value);
      case 32 -> out.putInt((int) value);
      case 16 -> out.putShort((short) value);
      case 6 -> sextets.put((int) value);
      default -> out.put((byte) value);
    }
  }

  /** A low-first stream of 6-bit codes. */
  private static final class Sextets {
    private final ByteBuffer out;
    private int held;
    private int bits;

    Sextets(ByteBuffer out) {
      this.out = out;
    }

    void put(int code) {
      held |= (code & 0x3f) << bits;
      bits += 6;
      if (bits >= 8) {
        out.put((byte) held);
        held >>>= 8;
        bits -= 8;
      }
    }

    void flush() {
      if (bits > 0) {
        out.put((byte) held);
      }
    }
  }
}
