package io.compressor.graph.channel;

import io.compressor.ir.Node;
import java.util.Optional;

/**
 * Channel axes through a Reshape or Flatten. Rows are stored one after the other, so the last axes
 * of both shapes line up wherever their products agree, whatever stands in front: an axis that
 * stays, one that is cut into (blocks, channels) and one that is put together from them. Axes of
 * size 1 do not count.
 */
final class ReshapeRule {
  private static final int MAX_RANK = 16;

  private ReshapeRule() {}

  static Effect of(Node node, Axis at, boolean from, AxisSizes sizes) {
    String x = node.inputs().get(0);
    String y = node.outputs().get(0);
    if (!from && !y.equals(at.value())) {
      return Effect.none(); // the shape operand
    }
    String here = from ? x : y;
    String there = from ? y : x;
    Optional<Long> behind = product(here, at.axis() + 1, sizes);
    Optional<Long> size = sizes.of(at);
    if (behind.isEmpty() || size.isEmpty()) {
      return stop(node);
    }
    long before = 1;
    for (int a = -1; a > -MAX_RANK; a--) {
      Optional<Long> other = sizes.of(new Axis(there, a));
      if (other.isEmpty()) {
        return stop(node);
      }
      long upTo = before * other.get();
      boolean starts = before == behind.get() && other.get() > 1;
      // the same axis, its inner part, or the whole of which it is the inner part
      if (starts && (size.get() % other.get() == 0 || other.get() % size.get() == 0)) {
        return Effect.join(new Axis(there, a));
      }
      if (upTo > behind.get()) {
        return stop(node);
      }
      before = upTo;
    }
    return stop(node);
  }

  /** Elements in the axes from {@code axis} to the last. */
  private static Optional<Long> product(String value, int axis, AxisSizes sizes) {
    long product = 1;
    for (int a = axis; a < 0; a++) {
      Optional<Long> size = sizes.of(new Axis(value, a));
      if (size.isEmpty() || size.get() < 1) {
        return Optional.empty();
      }
      product *= size.get();
    }
    return Optional.of(product);
  }

  private static Effect stop(Node node) {
    return Effect.stop(node.label(), node.opType() + " mixes the channels with other axes, or may");
  }
}
