package io.compressor.train;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a {@link Learner} stands: with the same batches, one that was set to this state goes on
 * with the same bits.
 *
 * @param step steps that changed something
 * @param failures steps left out because something was not finite
 * @param inARow those of them right before now
 * @param damping factor of the learning rates that failures brought about
 * @param variables by name
 */
public record TrainerState(
    int step, int failures, int inARow, double damping, Map<String, Moving> variables) {

  /**
   * A variable on its way.
   *
   * @param values row-major
   * @param remembered by its optimiser, an array for each of {@link Optimizer#state()}, in the
   *     machine's byte order
   */
  public record Moving(float[] values, List<byte[]> remembered) {
    public Moving {
      remembered = List.copyOf(remembered);
    }

    /** A copy of what is there now. */
    static Moving of(float[] values, List<Buffer> live) {
      return new Moving(values, live.stream().map(Moving::bytes).toList());
    }

    /** Writes what was remembered into the arrays of an optimiser. */
    void restore(List<Buffer> live) {
      if (live.size() != remembered.size()) {
        throw new IllegalArgumentException(
            "a state of %d arrays for %d".formatted(remembered.size(), live.size()));
      }
      for (int i = 0; i < live.size(); i++) {
        ByteBuffer from = ByteBuffer.wrap(remembered.get(i)).order(ByteOrder.nativeOrder());
        Buffer to = live.get(i).duplicate().clear();
        if (to instanceof ByteBuffer bytes) {
          bytes.put(from);
        } else if (to instanceof FloatBuffer floats) {
          floats.put(from.asFloatBuffer());
        } else {
          ((DoubleBuffer) to).put(from.asDoubleBuffer());
        }
      }
    }

    private static byte[] bytes(Buffer live) {
      Buffer from = live.duplicate().clear();
      int width = from instanceof ByteBuffer ? 1 : from instanceof FloatBuffer ? 4 : 8;
      ByteBuffer to = ByteBuffer.allocate(Math.multiplyExact(width, from.capacity()));
      to.order(ByteOrder.nativeOrder());
      if (from instanceof ByteBuffer bytes) {
        to.put(bytes);
      } else if (from instanceof FloatBuffer floats) {
        to.asFloatBuffer().put(floats);
      } else {
        to.asDoubleBuffer().put((DoubleBuffer) from);
      }
      return to.array();
    }
  }

  public TrainerState {
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  /** The same with numbers that another learner, around this one, stands at. */
  public TrainerState with(String name, float... values) {
    Map<String, Moving> all = new LinkedHashMap<>(variables);
    all.put(name, new Moving(values, List.of()));
    return new TrainerState(step, failures, inARow, damping, all);
  }

  /** The same without them. */
  public TrainerState without(String name) {
    Map<String, Moving> all = new LinkedHashMap<>(variables);
    all.remove(name);
    return new TrainerState(step, failures, inARow, damping, all);
  }

  /**
   * @throws IllegalArgumentException when there is none
   */
  public Moving of(String variable) {
    Moving found = variables.get(variable);
    if (found == null) {
      throw new IllegalArgumentException("no state of '" + variable + "'");
    }
    return found;
  }

  void requireFits(Collection<String> names) {
    if (!variables.keySet().equals(new java.util.LinkedHashSet<>(names))) {
      throw new IllegalArgumentException(
          "a state of %s, the trainer has %s".formatted(variables.keySet(), names));
    }
  }
}
