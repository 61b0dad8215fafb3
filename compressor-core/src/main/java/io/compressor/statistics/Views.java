package io.compressor.statistics;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The shapes in which statistics read a value, emitted once however many statistics read it. All
 * are float32 and without padded rows.
 */
final class Views {
  private final Emit emit;
  private final StatisticsRequest request;
  private final Map<String, Observed> observed;
  private final Optional<RowMask> mask;
  private final Map<String, String> made = new HashMap<>();

  Views(
      Emit emit,
      StatisticsRequest request,
      Map<String, Observed> observed,
      Optional<RowMask> mask) {
    this.emit = emit;
    this.request = request;
    this.observed = observed;
    this.mask = mask;
  }

  Emit emit() {
    return emit;
  }

  long[] dims(String value) {
    return observed(value).dims();
  }

  /** Size of the channel axis. */
  int channels(String value) {
    long[] dims = dims(value);
    return dims.length == 0 ? 1 : Math.toIntExact(dims[axis(value)]);
  }

  /** All elements that count, in any shape. */
  String elements(String value) {
    return isMasked(value) ? rows(value) : floats(value);
  }

  /** [rows, channels]. */
  String rows(String value) {
    return once(
        "rows " + value,
        () -> {
          String x = floats(value);
          int rank = dims(value).length;
          int axis = axis(value);
          if (axis < rank - 1) {
            x =
                emit.transpose(
                    x, LongStream.concat(others(rank, axis), LongStream.of(axis)).toArray());
          }
          return real(value, emit.reshape(x, -1, channels(value)));
        });
  }

  /** [rows, 1]: the weight of each row of {@link #rows}, where weights were asked for. */
  Optional<String> weights(String value) {
    return Optional.ofNullable(request.rowWeights().get(value))
        .map(w -> once("weights " + value, () -> real(value, emit.reshape(floats(w), -1, 1))));
  }

  /** [groups, columns, positions of all samples]: what a convolution multiplies its weight with. */
  String patches(String value, ConvWindow window) {
    int in = window.columns(dims(value)[1]);
    String grouped = emit.reshape(columns(value, window), 0, window.group(), in, -1);
    return emit.reshape(emit.transpose(grouped, 1, 2, 0, 3), window.group(), in, -1);
  }

  /** [positions of all samples, columns]: the same for one group, position by position. */
  String patchRows(String value, ConvWindow window) {
    int in = window.columns(dims(value)[1]);
    String flat = emit.reshape(columns(value, window), 0, in, -1);
    return emit.reshape(emit.transpose(flat, 0, 2, 1), -1, in);
  }

  /** [batch, groups · columns, positions…]. */
  private String columns(String value, ConvWindow window) {
    long channels = dims(value)[1];
    int kernel = window.positions();
    List<Long> dims = new ArrayList<>(List.of(channels * kernel, 1L));
    dims.addAll(window.kernel());
    float[] picks = new float[Math.toIntExact(channels * kernel * kernel)];
    for (int i = 0; i < channels * kernel; i++) {
      picks[i * kernel + i % kernel] = 1;
    }
    long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
    String picker =
        emit.constant("pick" + channels + "x" + window.kernel(), Tensor.ofFloats("", shape, picks));
    return emit.node("Conv", List.of(floats(value), picker), window.perChannel(channels));
  }

  private String floats(String value) {
    return observed(value).type() == ElementType.FLOAT
        ? value
        : once("floats " + value, () -> emit.cast(value, ElementType.FLOAT));
  }

  /** Drops the padded rows of [rows, …]. */
  private String real(String value, String rows) {
    return isMasked(value)
        ? emit.node("Compress", List.of(rows, maskRow()), Attribute.of("axis", 0))
        : rows;
  }

  private boolean isMasked(String value) {
    Observed seen = observed(value);
    return axis(value) == seen.rank() - 1 && mask.filter(m -> m.covers(seen.dims())).isPresent();
  }

  private String maskRow() {
    String input = mask.orElseThrow().input();
    return once("mask", () -> emit.reshape(emit.cast(input, ElementType.BOOL), -1));
  }

  private int axis(String value) {
    int rank = observed(value).rank();
    int axis = request.channelAxes().getOrDefault(value, -1);
    int positive = axis < 0 ? axis + rank : axis;
    if (rank > 0 && (positive < 0 || positive >= rank)) {
      throw new CompressorException(
          ErrorCode.USAGE,
          value,
          "channel axis " + axis + " of a value with " + rank + " axes",
          "name an axis between " + -rank + " and " + (rank - 1));
    }
    return positive;
  }

  private Observed observed(String value) {
    Observed found = observed.get(value);
    if (found == null) {
      throw new IllegalStateException("'" + value + "' was not observed");
    }
    return found;
  }

  private String once(String key, java.util.function.Supplier<String> make) {
    String known = made.get(key);
    if (known == null) {
      known = make.get();
      made.put(key, known);
    }
    return known;
  }

  private static LongStream others(int rank, int axis) {
    return LongStream.range(0, rank).filter(i -> i != axis);
  }
}
