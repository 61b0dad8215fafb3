package io.compressor.formats.data;

import io.compressor.ir.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/** Labels and scores. */
final class Targets {
  private static final int MAX_NAMED_CLASSES = 20;

  private Targets() {}

  /** Class names turned into numbers, with a note of which is which. */
  record Named(long[] labels, List<String> notes) {}

  static long[] labels(NpyArray array, int rows) {
    ElementType type = array.header().type();
    if (type.isFloat()) {
      throw BadData.in(
          array.where(),
          "labels are " + Shapes.spell(type) + ", expected int64 classes",
          "for real-valued targets name the array 'score'");
    }
    long[] out = new long[checkedRows(array, rows)];
    ByteBuffer scratch = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    NumberCast cast = NumberCast.of(type, ElementType.INT64);
    for (int i = 0; i < out.length; i++) {
      cast.append(array.row(i), scratch.clear());
      out[i] = scratch.getLong(0);
    }
    return out;
  }

  static double[] scores(NpyArray array, int rows) {
    ElementType type = array.header().type();
    double[] out = new double[checkedRows(array, rows)];
    ByteBuffer scratch = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    NumberCast cast = NumberCast.of(type, ElementType.DOUBLE);
    for (int i = 0; i < out.length; i++) {
      cast.append(array.row(i), scratch.clear());
      out[i] = scratch.getDouble(0);
      if (!Double.isFinite(out[i])) {
        throw BadData.in(array.where(), "score " + i + " is " + out[i], "scores must be finite");
      }
    }
    return out;
  }

  private static int checkedRows(NpyArray array, int rows) {
    long perRow = Arrays.stream(array.rowDims(0)).reduce(1, Math::multiplyExact);
    if (array.rows() != rows || perRow != 1) {
      throw BadData.in(
          array.where(),
          "shape %s, expected [%d]".formatted(Arrays.toString(array.header().dims()), rows),
          "one value a sample, or a pair where samples are pairs");
    }
    return rows;
  }

  /** Labels as text: numbers stay, names become the index of the sorted names. */
  static Named named(List<String> texts) {
    if (texts.stream().allMatch(t -> t.matches("[+-]?\\d{1,18}"))) {
      return new Named(texts.stream().mapToLong(Long::parseLong).toArray(), List.of());
    }
    List<String> classes = new ArrayList<>(new TreeSet<>(texts));
    long[] labels = texts.stream().mapToLong(t -> Collections.binarySearch(classes, t)).toArray();
    return new Named(labels, List.of(note(classes)));
  }

  /** Says which number stands for which class. */
  static String note(List<String> classes) {
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < Math.min(MAX_NAMED_CLASSES, classes.size()); i++) {
      shown.add(i + "=" + classes.get(i));
    }
    return classes.size()
        + " classes: "
        + String.join(", ", shown)
        + (classes.size() > MAX_NAMED_CLASSES ? ", ..." : "");
  }

  /** Refuses negative labels. */
  static void check(long[] labels, String where) {
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0) {
        throw BadData.in(
            where,
            "label of sample " + i + " is " + labels[i] + ", expected 0 or more",
            "labels are class numbers; leave unlabelled samples out");
      }
    }
  }
}
