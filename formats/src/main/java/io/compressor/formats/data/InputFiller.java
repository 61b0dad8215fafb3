package io.compressor.formats.data;

import io.compressor.ir.Bytes;
import io.compressor.ir.Dim;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Gives the inputs that data need not give: masks of ones, positions, token types, empty caches,
 * and constants that the descriptor names. Anything else missing is an error.
 */
final class InputFiller {
  private final List<Filling> fillings;

  private InputFiller(List<Filling> fillings) {
    this.fillings = List.copyOf(fillings);
  }

  /** A missing input and how it is made. */
  private record Filling(Value input, InputRole role, double constant) {
    String describe() {
      return input.name()
          + ": "
          + switch (role) {
            case MASK -> "ones";
            case POSITIONS -> "0, 1, 2, ...";
            case TOKEN_TYPES -> "zeros";
            case CACHE -> "empty cache";
            case CACHE_SWITCH -> "false";
            case IDS, OTHER -> "constant " + constant;
          };
    }
  }

  /**
   * Plans the filling.
   *
   * @param given inputs that the data gives
   * @param found what the files offer, for the message
   */
  static InputFiller plan(
      DataSource source, List<Value> inputs, Set<String> given, Set<String> found) {
    List<Filling> fillings = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (Value input : inputs) {
      if (given.contains(input.name())) {
        continue;
      }
      Double constant = source.fill().get(input.name());
      InputRole role = constant != null ? InputRole.OTHER : InputRole.of(input);
      if (constant == null && (role == InputRole.OTHER || role == InputRole.IDS)) {
        missing.add(Shapes.spell(input));
      } else {
        Shapes.tensor(input, source.origin());
        fillings.add(new Filling(input, role, constant == null ? 0 : constant));
      }
    }
    if (!missing.isEmpty()) {
      throw BadData.in(
          source.origin(),
          "model input " + String.join(", ", missing) + " is not in the data; found " + found,
          "name an array or column like the input, map it under 'columns', or give a constant under"
              + " 'fill'");
    }
    return new InputFiller(fillings);
  }

  /** One line a filled input. */
  List<String> describe() {
    return fillings.stream().map(Filling::describe).toList();
  }

  /** Adds the missing inputs to a batch of {@code n} samples. */
  void fill(Map<String, Tensor> batch, int n) {
    OptionalLong sequence = sequence(batch);
    for (Filling filling : fillings) {
      batch.put(filling.input().name(), make(filling, n, sequence));
    }
  }

  /** Length of the sequences in the batch: axis 1 of the ids, else of any input of rank 2 or 3. */
  private static OptionalLong sequence(Map<String, Tensor> batch) {
    List<Tensor> candidates =
        batch.values().stream().filter(t -> t.rank() == 2 || t.rank() == 3).toList();
    return candidates.stream()
        .filter(t -> t.name().toLowerCase(Locale.ROOT).contains("ids"))
        .findFirst()
        .or(() -> candidates.stream().findFirst())
        .map(t -> OptionalLong.of(t.dims()[1]))
        .orElseGet(OptionalLong::empty);
  }

  private static Tensor make(Filling filling, int n, OptionalLong sequence) {
    Value input = filling.input();
    long[] shape = shape(filling, n, sequence);
    ElementType type = Shapes.tensor(input, input.name()).elementType();
    ByteBuffer out = BatchStack.buffer(input.name(), type, shape);
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    long line = shape.length == 0 ? 1 : Math.max(1, shape[shape.length - 1]);
    double[] real = new double[1];
    long[] whole = new long[1];
    for (long i = 0; i < count; i++) {
      real[0] =
          switch (filling.role()) {
            case MASK -> 1;
            case POSITIONS -> i % line;
            case TOKEN_TYPES, CACHE, CACHE_SWITCH -> 0;
            case IDS, OTHER -> filling.constant();
          };
      if (type.isFloat()) {
        NumberCast.encode(real, 1, out, type);
      } else {
        whole[0] = (long) real[0];
        NumberCast.encode(whole, 1, out, type);
      }
    }
    return Tensor.of(input.name(), type, shape, Bytes.of(out.flip()));
  }

  private static long[] shape(Filling filling, int n, OptionalLong sequence) {
    Value input = filling.input();
    List<Dim> dims =
        input
            .type()
            .flatMap(TensorType::dims)
            .orElseGet(() -> List.of(new Dim.Unknown(), new Dim.Unknown()));
    long[] shape = new long[dims.size()];
    for (int axis = 0; axis < shape.length; axis++) {
      shape[axis] = size(filling, dims, axis, n, sequence);
    }
    return shape;
  }

  private static long size(
      Filling filling, List<Dim> dims, int axis, int n, OptionalLong sequence) {
    Dim dim = dims.get(axis);
    if (filling.role() == InputRole.CACHE && axis == cacheAxis(dims)) {
      return 0;
    }
    if (dim instanceof Dim.Fixed fixed) {
      return fixed.size();
    }
    boolean sequenceRank = dims.size() == 2 || (dims.size() == 1 && isPosition(filling));
    if (axis == 0 && !(dims.size() == 1 && isPosition(filling))) {
      return n;
    }
    if (sequenceRank && sequence.isPresent() && filling.role() != InputRole.CACHE) {
      return sequence.getAsLong();
    }
    throw BadData.in(
        filling.input().name(),
        "cannot be filled: size of axis "
            + axis
            + " of "
            + Shapes.spell(filling.input())
            + " is not known",
        "give it in the data");
  }

  private static boolean isPosition(Filling filling) {
    return filling.role() == InputRole.POSITIONS;
  }

  /** The axis of earlier tokens: one named after the past, else a free axis 2. */
  private static int cacheAxis(List<Dim> dims) {
    for (int axis = 0; axis < dims.size(); axis++) {
      if (dims.get(axis) instanceof Dim.Named named
          && named.name().toLowerCase(Locale.ROOT).contains("past")) {
        return axis;
      }
    }
    return dims.size() == 4 && !(dims.get(2) instanceof Dim.Fixed) ? 2 : -1;
  }
}
