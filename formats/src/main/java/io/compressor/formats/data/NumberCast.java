package io.compressor.formats.data;

import io.compressor.ir.ElementType;
import io.compressor.ir.Float16;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns elements of one numeric type into another, block by block.
 *
 * <p>Allowed is what keeps every value: widening, and narrowing where each value survives (checked
 * by {@link #firstLost}). The one rounding allowed is float64 to float32. Floats never become
 * integers. Confined to one thread.
 */
final class NumberCast {
  private static final int BLOCK = 1024;

  private final ElementType from;
  private final ElementType to;
  private final long[] whole = new long[BLOCK];
  private final double[] real = new double[BLOCK];

  private NumberCast(ElementType from, ElementType to) {
    this.from = from;
    this.to = to;
  }

  /** What a conversion may do to values. */
  enum Effect {
    /** Same type, same bytes. */
    NONE,
    /** Every value of the one type exists in the other. */
    WIDENS,
    /** Each value has to be checked. */
    NARROWS,
    /** float64 to float32: rounds, overflow has to be checked. */
    ROUNDS,
    /** Never done. */
    REFUSED
  }

  static NumberCast of(ElementType from, ElementType to) {
    return new NumberCast(from, to);
  }

  static Effect effect(ElementType from, ElementType to) {
    if (from == to) {
      return Effect.NONE;
    }
    if (!isPlain(from) || !isPlain(to) || (from.isFloat() && !to.isFloat())) {
      return Effect.REFUSED;
    }
    if (from == ElementType.DOUBLE && to == ElementType.FLOAT) {
      return Effect.ROUNDS;
    }
    boolean wider = digits(to) >= digits(from) && range(to) >= range(from);
    return wider && !(signed(from) && !signed(to)) ? Effect.WIDENS : Effect.NARROWS;
  }

  static boolean isPlain(ElementType type) {
    return switch (type) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT8, INT16, INT32, INT64 -> true;
      case UINT8, UINT16, UINT32, UINT64, BOOL -> true;
      default -> false;
    };
  }

  /** Bits of the significand, sign excluded. */
  private static int digits(ElementType type) {
    return switch (type) {
      case DOUBLE -> 53;
      case FLOAT -> 24;
      case FLOAT16 -> 11;
      case BFLOAT16 -> 8;
      case BOOL -> 1;
      default -> type.bits() - (signed(type) ? 1 : 0);
    };
  }

  /** Exponent of the largest value, in bits. */
  private static int range(ElementType type) {
    return switch (type) {
      case DOUBLE -> 1024;
      case FLOAT, BFLOAT16 -> 128;
      case FLOAT16 -> 16;
      default -> digits(type);
    };
  }

  private static boolean signed(ElementType type) {
    return type.isFloat()
        || switch (type) {
          case INT8, INT16, INT32, INT64 -> true;
          default -> false;
        };
  }

  /** Appends {@code source}'s remaining elements to {@code target} in the target's type. */
  void append(ByteBuffer source, ByteBuffer target) {
    if (from == to && source.order() == ByteOrder.LITTLE_ENDIAN) {
      target.put(source.duplicate());
      return;
    }
    int size = from.bits() / 8;
    int count = source.remaining() / size;
    for (int done = 0; done < count; done += BLOCK) {
      int n = Math.min(BLOCK, count - done);
      int at = source.position() + done * size;
      if (from.isFloat()) {
        decode(source, at, from, real, n);
        encode(real, n, target, to);
      } else {
        decode(source, at, from, whole, n);
        encode(whole, n, target, to);
      }
    }
  }

  /**
   * Index of the first element that the target type cannot hold, or that is NaN or infinite where
   * {@code to} is a float type; -1 when all are well.
   */
  long firstLost(ByteBuffer source) {
    int size = from.bits() / 8;
    int count = source.remaining() / size;
    ByteBuffer made = ByteBuffer.allocate(BLOCK * to.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < count; done += BLOCK) {
      int n = Math.min(BLOCK, count - done);
      int at = source.position() + done * size;
      made.clear();
      int lost = from.isFloat() ? lostReal(source, at, n, made) : lostWhole(source, at, n, made);
      if (lost >= 0) {
        return (long) done + lost;
      }
    }
    return -1;
  }

  private int lostReal(ByteBuffer source, int at, int n, ByteBuffer made) {
    decode(source, at, from, real, n);
    Effect effect = effect(from, to);
    if (effect == Effect.NONE || effect == Effect.WIDENS) {
      return firstNotFinite(real, n);
    }
    double[] back = new double[n];
    encode(real, n, made, to);
    decode(made, 0, to, back, n);
    for (int i = 0; i < n; i++) {
      if (!Double.isFinite(back[i]) || (effect == Effect.NARROWS && back[i] != real[i])) {
        return i;
      }
    }
    return -1;
  }

  private static int firstNotFinite(double[] values, int n) {
    for (int i = 0; i < n; i++) {
      if (!Double.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }

  private int lostWhole(ByteBuffer source, int at, int n, ByteBuffer made) {
    if (effect(from, to) != Effect.NARROWS) {
      return -1;
    }
    decode(source, at, from, whole, n);
    encode(whole, n, made, to);
    double[] backReal = new double[n];
    long[] back = new long[n];
    if (to.isFloat()) {
      decode(made, 0, to, backReal, n);
      for (int i = 0; i < n; i++) {
        back[i] = Math.abs(backReal[i]) < 0x1p62 ? (long) backReal[i] : ~whole[i];
      }
    } else {
      decode(made, 0, to, back, n);
    }
    for (int i = 0; i < n; i++) {
      boolean unsignedMix = whole[i] < 0 && (!signed(from) || !signed(to));
      if (back[i] != whole[i] || unsignedMix) {
        return i;
      }
    }
    return -1;
  }

  static void decode(ByteBuffer in, int at, ElementType type, double[] out, int n) {
    switch (type) {
      case FLOAT -> {
        for (int i = 0; i < n; i++) {
          out[i] = in.getFloat(at + 4 * i);
        }
      }
      case DOUBLE -> {
        for (int i = 0; i < n; i++) {
          out[i] = in.getDouble(at + 8 * i);
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < n; i++) {
          out[i] = Float16.toFloat(in.getShort(at + 2 * i));
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < n; i++) {
          out[i] = Float16.bfloatToFloat(in.getShort(at + 2 * i));
        }
      }
      default -> throw new IllegalStateException("not a float type: " + type);
    }
  }

  static void decode(ByteBuffer in, int at, ElementType type, long[] out, int n) {
    int size = type.bits() / 8;
    boolean signed = signed(type);
    for (int i = 0; i < n; i++) {
      int p = at + i * size;
      out[i] =
          switch (size) {
            case 1 -> signed ? in.get(p) : in.get(p) & 0xff;
            case 2 -> signed ? in.getShort(p) : in.getShort(p) & 0xffff;
            case 4 -> signed ? in.getInt(p) : in.getInt(p) & 0xffffffffL;
            default -> in.getLong(p);
          };
    }
  }

  /** Appends little-endian elements; rounds to nearest even where the type is narrower. */
  static void encode(double[] values, int n, ByteBuffer out, ElementType type) {
    for (int i = 0; i < n; i++) {
      double v = values[i];
      switch (type) {
        case FLOAT -> out.putFloat((float) v);
        case DOUBLE -> out.putDouble(v);
        case FLOAT16 -> out.putShort(Float16.fromFloat((float) v));
        case BFLOAT16 -> out.putShort(bfloat((float) v));
        default -> throw new IllegalStateException("not a float type: " + type);
      }
    }
  }

  private static short bfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) (Float.isNaN(value) ? 0x7fc0 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /** Appends little-endian elements; keeps the low bits where the type is narrower. */
  static void encode(long[] values, int n, ByteBuffer out, ElementType type) {
    for (int i = 0; i < n; i++) {
      long v = values[i];
      switch (type) {
        case INT8, UINT8 -> out.put((byte) v);
        case BOOL -> out.put((byte) (v == 0 ? 0 : 1));
        case INT16, UINT16 -> out.putShort((short) v);
        case INT32, UINT32 -> out.putInt((int) v);
        case INT64, UINT64 -> out.putLong(v);
        case FLOAT -> out.putFloat((float) v);
        case DOUBLE -> out.putDouble((double) v);
        case FLOAT16 -> out.putShort(Float16.fromFloat((float) v));
        case BFLOAT16 -> out.putShort(bfloat((float) v));
        default -> throw new IllegalStateException("not a numeric type: " + type);
      }
    }
  }
}
