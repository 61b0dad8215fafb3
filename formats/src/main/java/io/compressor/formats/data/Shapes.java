package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.formats.data.Column.Stacking;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** What a model declares about an input, and whether data fits it. */
final class Shapes {
  private Shapes() {}

  static String spell(ElementType type) {
    return switch (type) {
      case FLOAT -> "float32";
      case DOUBLE -> "float64";
      default -> type.name().toLowerCase(Locale.ROOT);
    };
  }

  /** Name, element type and shape as in {@code input_ids int64[batch, 128]}. */
  static String spell(Value input) {
    return input.name()
        + " "
        + input
            .type()
            .map(t -> spell(t.elementType()) + t.dims().map(Object::toString).orElse("[...]"))
            .orElse("(no tensor)");
  }

  /** The declared tensor type; other inputs cannot be fed from data. */
  static TensorType tensor(Value input, String where) {
    return input
        .type()
        .filter(t -> NumberCast.isPlain(t.elementType()))
        .orElseThrow(
            () ->
                BadData.in(
                    where,
                    "model input " + spell(input) + " is no numeric tensor",
                    "data can only feed numeric tensors"));
  }

  /** Declared rank; empty when unknown. */
  static Optional<Integer> rank(Value input) {
    return input.type().flatMap(TensorType::dims).map(List::size);
  }

  /** Size of a declared axis; empty when it is free, unknown or not there. */
  static OptionalLong fixed(Value input, int axis) {
    return input
        .type()
        .flatMap(TensorType::dims)
        .filter(d -> axis < d.size())
        .map(d -> d.get(axis) instanceof Dim.Fixed f ? OptionalLong.of(f.size()) : null)
        .orElseGet(OptionalLong::empty);
  }

  /**
   * How samples of this shape become the input.
   *
   * @param row shape of a sample without the sample axis
   * @throws CompressorException DATA when they do not fit
   */
  static Stacking stacking(Value input, long[] row, String where) {
    Optional<List<Dim>> declared = input.type().flatMap(TensorType::dims);
    if (declared.isEmpty()) {
      return Stacking.STACKED;
    }
    List<Dim> dims = declared.get();
    boolean whole = row.length == dims.size();
    if (!whole && row.length + 1 != dims.size()) {
      throw BadData.in(
          where,
          "rank %d (%s with the sample axis), model input %s has rank %d"
              .formatted(row.length + 1, text(row), spell(input), dims.size()),
          "axis 0 is the sample; reshape the array to " + dims);
    }
    List<Dim> rest = whole ? dims : dims.subList(1, dims.size());
    for (int axis = 0; axis < row.length; axis++) {
      if (rest.get(axis) instanceof Dim.Fixed f && f.size() != row[axis]) {
        throw BadData.in(
            where,
            "shape %s, model input %s wants %d on axis %d"
                .formatted(text(row), spell(input), f.size(), whole ? axis : axis + 1),
            fix(rest, row, dims));
      }
    }
    return whole ? Stacking.WHOLE : Stacking.STACKED;
  }

  /** Pictures whose channels are where the model has none are turned, not reshaped. */
  private static String fix(List<Dim> wanted, long[] row, List<Dim> dims) {
    if (row.length == 3 && fits(wanted, row[2], row[0], row[1])) {
      return "channels come last in the array and first in the model: numpy.transpose(x, (0, 3, 1, 2))";
    }
    if (row.length == 3 && fits(wanted, row[1], row[2], row[0])) {
      return "channels come first in the array and last in the model: numpy.transpose(x, (0, 2, 3, 1))";
    }
    return "reshape, crop or pad the array to " + dims;
  }

  private static boolean fits(List<Dim> wanted, long... row) {
    for (int axis = 0; axis < row.length; axis++) {
      if (wanted.get(axis) instanceof Dim.Fixed f && f.size() != row[axis]) {
        return false;
      }
    }
    return true;
  }

  private static String text(long[] row) {
    return row.length == 0 ? "[samples]" : "[samples, " + Arrays.toString(row).substring(1);
  }
}
