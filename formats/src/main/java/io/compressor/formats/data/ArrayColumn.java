package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.formats.data.NumberCast.Effect;
import io.compressor.ir.ElementType;
import io.compressor.ir.Value;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;

/** Stored numbers converted to the model's type while they are read. */
record ArrayColumn(RowSource array, ElementType type, Stacking stacking) implements Column {
  /**
   * Checks types and shapes against the input; conversions are noted.
   *
   * @throws CompressorException DATA when they do not fit
   */
  static ArrayColumn of(Value input, RowSource array, List<String> notes) {
    ElementType to = Shapes.tensor(input, array.where()).elementType();
    ElementType from = array.type();
    Effect effect = NumberCast.effect(from, to);
    if (effect == Effect.REFUSED) {
      throw BadData.in(
          array.where(),
          "%s, model input %s wants %s"
              .formatted(Shapes.spell(from), Shapes.spell(input), Shapes.spell(to)),
          "store it with array.astype('" + Shapes.spell(to) + "') if that is what you mean");
    }
    Stacking stacking = Shapes.stacking(input, array.rowDims(0), array.where());
    if (effect != Effect.NONE) {
      notes.add(
          "%s: %s read as %s%s"
              .formatted(
                  input.name(),
                  Shapes.spell(from),
                  Shapes.spell(to),
                  effect == Effect.ROUNDS ? " (rounded)" : ""));
    }
    return new ArrayColumn(array, to, stacking);
  }

  @Override
  public long[] dims(int row) {
    return array.rowDims(row);
  }

  @Override
  public void write(int row, ByteBuffer out) {
    NumberCast.of(array.type(), type).append(array.row(row), out);
  }

  @Override
  public void digest(int row, MessageDigest into) {
    into.update(array.row(row));
  }

  /** Refuses the first value among the chosen rows that is not finite or that the type loses. */
  void check(int[] rows) {
    ElementType from = array.type();
    Effect effect = NumberCast.effect(from, type);
    if (!from.isFloat() && (effect == Effect.NONE || effect == Effect.WIDENS)) {
      return;
    }
    NumberCast cast = NumberCast.of(from, type);
    for (int row : rows) {
      long lost = cast.firstLost(array.row(row));
      if (lost >= 0) {
        throw lost(row, lost);
      }
    }
  }

  private CompressorException lost(int row, long index) {
    ElementType from = array.type();
    int size = from.bits() / 8;
    ByteBuffer at = array.row(row);
    String shown;
    boolean finite = true;
    if (from.isFloat()) {
      double[] value = new double[1];
      NumberCast.decode(at, (int) index * size, from, value, 1);
      finite = Double.isFinite(value[0]);
      shown = Double.toString(value[0]);
    } else {
      long[] value = new long[1];
      NumberCast.decode(at, (int) index * size, from, value, 1);
      shown = from == ElementType.UINT64 ? Long.toUnsignedString(value[0]) : "" + value[0];
    }
    String place = "sample " + row + ", element " + index + " is " + shown;
    return finite
        ? BadData.in(
            array.where(),
            "%s, which %s cannot hold".formatted(place, Shapes.spell(type)),
            "the model wants "
                + Shapes.spell(type)
                + ": convert the array yourself if that is meant")
        : BadData.in(
            array.where(), place + ", expected finite numbers", "find out where it comes from");
  }
}
