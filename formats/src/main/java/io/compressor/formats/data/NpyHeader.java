package io.compressor.formats.data;

import io.compressor.ir.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a {@code .npy} array, versions 1 to 3: magic, version, length, then a Python dict
 * literal of exactly {@code descr}, {@code fortran_order} and {@code shape}.
 *
 * @param order byte order of the elements
 * @param dims row-major sizes; axis 0 is the sample
 * @param dataOffset where the elements start, in bytes from the magic
 */
record NpyHeader(ElementType type, ByteOrder order, Layout layout, long[] dims, int dataOffset) {
  /** Bytes that hold any header this class accepts. */
  static final int MAX_BYTES = 1 << 16;

  private static final int MAX_RANK = 64;

  /** Possessive throughout: a header of blanks must not cost quadratic time. */
  private static final Pattern DICT =
      Pattern.compile(
          "\\{(?:\\s*+'[a-z_]{1,32}+'\\s*+:\\s*+"
              + "(?:'[^'\\\\]{0,32}+'|True|False|\\([0-9, ]*+\\))\\s*+,?+){3}\\s*+\\}\\s*+");

  private static final Pattern ENTRY =
      Pattern.compile("'([a-z_]+)'\\s*:\\s*('[^']*'|True|False|\\([^)]*\\))");

  /** Which axis runs fastest. */
  enum Layout {
    C,
    FORTRAN
  }

  long elements() {
    return Arrays.stream(dims).reduce(1, Math::multiplyExact);
  }

  /**
   * Reads a header.
   *
   * @param head the first bytes of the array, up to {@link #MAX_BYTES}
   * @param size bytes of the whole array, header included; must be exactly what the header needs
   */
  static NpyHeader parse(ByteBuffer head, long size, String where) {
    ByteBuffer in = head.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (in.remaining() < 10
        || in.get() != (byte) 0x93
        || !StandardCharsets.US_ASCII.decode(in.slice().limit(5)).toString().equals("NUMPY")) {
      throw BadData.in(where, "not a NumPy array: magic bytes missing", "write it with numpy.save");
    }
    in.position(in.position() + 5);
    int major = in.get() & 0xff;
    in.get();
    if (major < 1 || major > 3) {
      throw BadData.in(where, "npy version " + major + ", expected 1 to 3", "");
    }
    long length = major == 1 ? in.getShort() & 0xffff : in.remaining() < 4 ? -1 : in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw BadData.in(
          where,
          "header of " + length + " bytes but only " + in.remaining() + " follow",
          "the file is truncated or its header is oversized; write it again");
    }
    String dict = StandardCharsets.UTF_8.decode(in.slice().limit((int) length)).toString();
    int dataOffset = in.position() - head.position() + (int) length;
    return checked(dict, dataOffset, size, where);
  }

  private static NpyHeader checked(String dict, int dataOffset, long size, String where) {
    String descr = entry(dict, "descr", where);
    if (descr.contains("O")) {
      throw BadData.in(
          where, "array of Python objects (pickle)", "store numbers: array.astype(...) first");
    }
    NpyHeader header =
        new NpyHeader(
            type(descr, where),
            descr.startsWith("'>") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
            entry(dict, "fortran_order", where).equals("True") ? Layout.FORTRAN : Layout.C,
            dims(entry(dict, "shape", where), where),
            dataOffset);
    long need;
    try {
      need = Math.addExact(header.type.byteCount(header.elements()), dataOffset);
    } catch (ArithmeticException e) {
      throw BadData.in(
          where, "shape " + Arrays.toString(header.dims) + " overflows", "the header lies", e);
    }
    if (need != size) {
      throw BadData.in(
          where,
          "%s of shape %s needs %d bytes, found %d"
              .formatted(header.type, Arrays.toString(header.dims), need, size),
          "the array is truncated or its header lies; write it again");
    }
    return header;
  }

  private static String entry(String dict, String key, String where) {
    Matcher whole = DICT.matcher(dict);
    if (whole.matches()) {
      Matcher m = ENTRY.matcher(dict);
      while (m.find()) {
        if (m.group(1).equals(key)) {
          return m.group(2);
        }
      }
    }
    if (dict.contains("[(") || dict.contains("|O")) {
      throw BadData.in(
          where, "structured or object array", "store one plain numeric array an input");
    }
    String shown = dict.substring(0, Math.min(80, dict.length())).replaceAll("\\p{Cntrl}", "?");
    throw BadData.in(where, "no '" + key + "' in the npy header: " + shown, "use numpy.save");
  }

  private static ElementType type(String descr, String where) {
    String code = descr.replaceAll("^'[<>|=]?|'$", "");
    return switch (code) {
      case "f4" -> ElementType.FLOAT;
      case "f8" -> ElementType.DOUBLE;
      case "f2" -> ElementType.FLOAT16;
      case "i1" -> ElementType.INT8;
      case "i2" -> ElementType.INT16;
      case "i4" -> ElementType.INT32;
      case "i8" -> ElementType.INT64;
      case "u1" -> ElementType.UINT8;
      case "u2" -> ElementType.UINT16;
      case "u4" -> ElementType.UINT32;
      case "u8" -> ElementType.UINT64;
      case "b1" -> ElementType.BOOL;
      default ->
          throw BadData.in(
              where,
              "element type " + descr + " is not numeric",
              "convert it to float32, int64 or another plain number first");
    };
  }

  private static long[] dims(String tuple, String where) {
    List<Long> out = new ArrayList<>();
    for (String part : tuple.replaceAll("[() ]", "").split(",", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      if (!part.matches("\\d{1,18}") || out.size() == MAX_RANK) {
        throw BadData.in(where, "shape " + tuple + " is no shape", "the header is broken");
      }
      out.add(Long.parseLong(part));
    }
    return out.stream().mapToLong(Long::longValue).toArray();
  }
}
