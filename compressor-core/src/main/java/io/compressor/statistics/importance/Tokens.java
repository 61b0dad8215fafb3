package io.compressor.statistics.importance;

import io.compressor.ir.Attribute;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.util.List;
import java.util.Optional;

/** The tokens of a batch: how many there are, which are real, and where they stand. */
final class Tokens {
  private final Ops ops;
  private final String shape;
  private final String marks;
  private final String real;
  private final String running;

  /**
   * @param x any value [batch, length, n]
   * @param mask [batch, length], non-zero for real tokens; all are real without one
   */
  Tokens(Ops ops, String x, Optional<String> mask) {
    this.ops = ops;
    this.shape = ops.slice(ops.emit().shape(x), ops.emit().longs(0), ops.emit().longs(2), 0);
    String ones =
        ops.emit()
            .node(
                "ConstantOfShape",
                List.of(shape),
                Attribute.of("value", Tensor.ofFloats("", new long[] {1}, new float[] {1})));
    this.real = ops.emit().cast(mask.map(this::shaped).orElse(ones), ElementType.BOOL);
    this.marks = ops.floats(real);
    this.running = ops.emit().node("CumSum", List.of(marks, axis()));
  }

  /** Bool [batch, length]. */
  String real() {
    return real;
  }

  /** 1 for real tokens and 0 for padding, float32 [batch, length]. */
  String marks() {
    return marks;
  }

  /** Real tokens before a token, float32 [batch, length]. */
  String position() {
    return ops.sub(running, marks);
  }

  /** Real tokens of each sequence, at least 1, float32 [batch, 1]. */
  String count() {
    return ops.max(ops.row("ReduceSum", marks), ops.number(1));
  }

  /** Number of sequences, int64 [1]. */
  String batch() {
    return ops.slice(shape, ops.emit().longs(0), ops.emit().longs(1), 0);
  }

  /** x as [batch, length]; the run fails when x has another number of elements. */
  String shaped(String x) {
    return ops.emit().node("Reshape", List.of(x, shape));
  }

  private String axis() {
    return ops.emit().constant("one", Tensor.ofLongs("", new long[0], 1));
  }
}
