package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Sums a gradient back over the axes along which a value was broadcast. */
final class Unbroadcast {
  private Unbroadcast() {}

  /**
   * @param gradient in the shape of {@code from}
   * @param from a value of the model whose shape that is
   * @param to the value that was broadcast to it
   */
  static String to(NodeGradient at, String gradient, String from, String to) {
    Optional<List<Dim>> wide = at.dims(from);
    Optional<List<Dim>> narrow = at.dims(to);
    if (wide.isPresent() && narrow.isPresent()) {
      int lead = wide.get().size() - narrow.get().size();
      List<Dim> own = narrow.get();
      if (lead == 0 && own.equals(wide.get()) && own.stream().allMatch(Unbroadcast::isDefinite)) {
        return gradient;
      }
      if (own.stream().allMatch(d -> d instanceof Dim.Fixed)
          && IntStream.range(0, own.size())
              .allMatch(i -> isOne(own.get(i)) || own.get(i).equals(wide.get().get(lead + i)))) {
        return fixed(at.tape(), gradient, own, wide.get(), lead);
      }
    }
    return atRunTime(at.tape(), gradient, to);
  }

  /** As {@link #to}, where only the axes before the last two may have been broadcast. */
  static String leading(NodeGradient at, String gradient, String to, String other) {
    Optional<List<Dim>> own = at.dims(to);
    Optional<List<Dim>> others = at.dims(other);
    if (own.isPresent()
        && others.isPresent()
        && own.get().size() == others.get().size()
        && own.get().size() > 2) {
      int lead = own.get().size() - 2;
      List<Dim> front = own.get().subList(0, lead);
      if (front.equals(others.get().subList(0, lead))
          && front.stream().allMatch(Unbroadcast::isDefinite)) {
        return gradient;
      }
    }
    return atRunTime(at.tape(), gradient, to);
  }

  private static boolean isDefinite(Dim dim) {
    return !(dim instanceof Dim.Unknown);
  }

  private static boolean isOne(Dim dim) {
    return dim instanceof Dim.Fixed fixed && fixed.size() == 1;
  }

  private static String fixed(Tape tape, String gradient, List<Dim> own, List<Dim> wide, int lead) {
    long[] axes =
        IntStream.range(0, wide.size())
            .filter(i -> i < lead || (isOne(own.get(i - lead)) && !isOne(wide.get(i))))
            .asLongStream()
            .toArray();
    String sum = axes.length == 0 ? gradient : tape.sumKept(gradient, axes);
    return lead == 0
        ? sum
        : tape.reshapeTo(
            sum, tape.longs(own.stream().mapToLong(d -> ((Dim.Fixed) d).size()).toArray()));
  }

  /**
   * The axes to sum are those whose size differs once the narrow shape is padded with ones. Without
   * any axis ReduceSum copies, except that ONNX Runtime sums an empty tensor whole, whatever
   * noop_with_empty_axes says: that one gets an axis of size 1 behind the others to sum.
   */
  static String atRunTime(Tape tape, String gradient, String to) {
    String wide = tape.shape(gradient);
    String narrow = tape.shape(to);
    String lead = tape.sub(tape.shape(wide), tape.shape(narrow));
    String ones = tape.node("Expand", List.of(tape.longs(1), lead));
    String padded = tape.concat(0, List.of(ones, narrow));
    String differs = tape.unary("Not", tape.node("Equal", List.of(wide, padded)));
    String axes = tape.reshape(tape.unary("NonZero", differs), -1);
    String empty = tape.node("Equal", List.of(tape.node("Size", List.of(gradient)), tape.whole(0)));
    String count = tape.reshape(tape.cast(empty, ElementType.INT64), 1);
    String last = tape.slice(tape.longs(-1), tape.longs(0), count, 0);
    String sum =
        tape.node(
            "ReduceSum",
            List.of(tape.unsqueeze(gradient, -1), tape.concat(0, List.of(axes, last))),
            Attribute.of("keepdims", 1L),
            Attribute.of("noop_with_empty_axes", 1L));
    return tape.reshapeTo(sum, narrow);
  }
}
