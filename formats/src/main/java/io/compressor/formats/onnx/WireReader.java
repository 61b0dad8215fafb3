package io.compressor.formats.onnx;

import io.compressor.ir.Bytes;
import io.compressor.ir.MappedFile;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;
import java.util.function.LongConsumer;

/**
 * Walks the fields of one protobuf message without copying payloads. {@link #next()} reads a whole
 * field, whatever it is; the accessors then look at it. Groups are refused: ONNX has none.
 */
final class WireReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int DELIMITED = 2;
  static final int FIXED32 = 5;

  private static final int MAX_VARINT_BYTES = 10;

  private final Bytes source;
  private final long end;
  private final Place place;

  private ByteBuffer window = ByteBuffer.allocate(0);
  private long windowStart;
  private long position;

  private long fieldStart;
  private int number;
  private int wireType;
  private long scalar;
  private long payloadStart;

  /**
   * @param source bytes on the heap or in a file
   */
  WireReader(Bytes source, Place place) {
    this.source = source;
    this.end = source.size();
    this.place = place;
  }

  /** Moves to the next field; false at the end of the message. */
  boolean next() {
    if (position == end) {
      return false;
    }
    fieldStart = position;
    long tag = readVarint();
    if (tag >>> 32 != 0 || tag >>> 3 == 0) {
      throw place.broken("impossible field tag " + tag + " at byte " + fieldStart);
    }
    number = (int) (tag >>> 3);
    wireType = (int) tag & 7;
    payloadStart = position;
    switch (wireType) {
      case VARINT -> scalar = readVarint();
      case FIXED64 -> scalar = readFixed(8);
      case FIXED32 -> scalar = readFixed(4);
      case DELIMITED -> {
        long length = readVarint();
        payloadStart = position;
        advance(length);
      }
      default ->
          throw place.broken(
              "field "
                  + number
                  + " at byte "
                  + fieldStart
                  + " has wire type "
                  + wireType
                  + ", expected 0, 1, 2 or 5");
    }
    return true;
  }

  int number() {
    return number;
  }

  /** The value of a varint field. */
  long varint() {
    require(VARINT);
    return scalar;
  }

  float float32() {
    require(FIXED32);
    return Float.intBitsToFloat((int) scalar);
  }

  /** The bytes of a length-delimited field. */
  Bytes payload() {
    require(DELIMITED);
    return source.slice(payloadStart, position - payloadStart);
  }

  /** Tag and value, verbatim. */
  Bytes field() {
    return source.slice(fieldStart, position - fieldStart);
  }

  /** A length-delimited field as text; refused when it is not UTF-8. */
  String text() {
    byte[] bytes = array();
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\ufffd') >= 0) {
      refuseMalformed(bytes);
    }
    return text;
  }

  /** A length-delimited field copied to the heap. */
  byte[] array() {
    require(DELIMITED);
    long length = position - payloadStart;
    if (length > MappedFile.MAX_SLICE) {
      throw place.broken("field " + number + " is " + length + " bytes long");
    }
    byte[] bytes = new byte[(int) length];
    if (length > 0) {
      window.get(cover(payloadStart, bytes.length), bytes);
    }
    return bytes;
  }

  /** Every value of a repeated varint field, packed or not. */
  void varints(LongConsumer sink) {
    if (wireType == VARINT) {
      sink.accept(scalar);
      return;
    }
    require(DELIMITED);
    long after = position;
    position = payloadStart;
    while (position < after) {
      sink.accept(readVarint());
    }
    if (position != after) {
      throw place.broken("packed field " + number + " ends inside a number");
    }
  }

  /** Every value of a repeated fixed32 field, packed or not. */
  void fixed32s(IntConsumer sink) {
    fixed(FIXED32, 4, v -> sink.accept((int) v));
  }

  /** Every value of a repeated fixed64 field, packed or not. */
  void fixed64s(LongConsumer sink) {
    fixed(FIXED64, 8, sink);
  }

  /** How many fixed-width values a repeated field holds here. */
  long fixedCount(int width) {
    return wireType == DELIMITED ? checkedMultiple(position - payloadStart, width) / width : 1;
  }

  private void fixed(int loneType, int width, LongConsumer sink) {
    if (wireType == loneType) {
      sink.accept(scalar);
      return;
    }
    require(DELIMITED);
    long after = position;
    long unused = checkedMultiple(after - payloadStart, width);
    position = payloadStart;
    while (position < after) {
      sink.accept(readFixed(width));
    }
  }

  private long checkedMultiple(long length, int width) {
    if (length % width != 0) {
      throw place.broken(
          "packed field "
              + number
              + " is "
              + length
              + " bytes long, expected a multiple of "
              + width);
    }
    return length;
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw place.broken(
          "field " + number + " has wire type " + wireType + ", expected " + expected);
    }
  }

  private long readVarint() {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (position == end) {
        throw truncated(1);
      }
      byte next = byteAt(position++);
      value |= (next & 0x7fL) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw place.broken("number of more than 10 bytes before byte " + position);
  }

  private long readFixed(int width) {
    long start = position;
    advance(width);
    int at = cover(start, width);
    return width == 8 ? window.getLong(at) : window.getInt(at);
  }

  private void advance(long length) {
    if (length < 0 || length > end - position) {
      throw truncated(length);
    }
    position += length;
  }

  private RuntimeException truncated(long needed) {
    return place.broken(
        "truncated at byte "
            + position
            + ": "
            + Long.toUnsignedString(needed)
            + " more bytes needed, "
            + (end - position)
            + " left");
  }

  private byte byteAt(long at) {
    if (at < windowStart || at >= windowStart + window.limit()) {
      slide(at);
    }
    return window.get((int) (at - windowStart));
  }

  /** Makes the window hold these bytes; returns where in it they start. */
  private int cover(long at, int length) {
    if (at < windowStart || at + length > windowStart + window.limit()) {
      slide(at);
    }
    return (int) (at - windowStart);
  }

  private void slide(long at) {
    window = source.slice(at, Math.min(end - at, MappedFile.MAX_SLICE)).buffer();
    windowStart = at;
  }

  private void refuseMalformed(byte[] bytes) {
    try {
      CharBuffer unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException e) {
      throw place.fault(
          "field " + number + " is not UTF-8 text",
          "export the model again with names in UTF-8, as ONNX demands");
    }
  }
}
