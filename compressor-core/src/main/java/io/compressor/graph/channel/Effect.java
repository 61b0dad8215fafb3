package io.compressor.graph.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an operator does to a channel axis: which axes of its other values have the same channels,
 * and what it lets through.
 */
record Effect(List<Axis> joined, Optional<Barrier> barrier) {
  Effect {
    joined = List.copyOf(joined);
  }

  /** Has no part in the channels. */
  static Effect none() {
    return new Effect(List.of(), Optional.empty());
  }

  /** A linear operator: anything passes. */
  static Effect join(List<Axis> axes) {
    return new Effect(axes, Optional.empty());
  }

  static Effect join(Axis... axes) {
    return join(List.of(axes));
  }

  /** Nothing passes. */
  static Effect stop(String at, String reason) {
    return new Effect(List.of(), Optional.of(new Barrier(at, reason, Transformation.NONE)));
  }

  /** The same axes, but only {@code allows} passes. */
  Effect but(String at, String reason, Transformation allows) {
    return new Effect(joined, Optional.of(new Barrier(at, reason, allows)));
  }

  Effect and(Effect other) {
    List<Axis> both = new ArrayList<>(joined);
    both.addAll(other.joined);
    Optional<Barrier> stricter =
        barrier.isPresent() && other.barrier.isPresent()
            ? (barrier.get().allows().allows(other.barrier.get().allows())
                ? other.barrier
                : barrier)
            : barrier.or(() -> other.barrier);
    return new Effect(both, stricter);
  }
}
