package io.compressor.train;

import io.compressor.engine.Engine;
import io.compressor.ir.Tensor;
import io.compressor.runtime.BoundSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Runs of the parts of a batch, each into buffers of its own. */
final class SideBySide {
  private final BoundSession session;
  private final String loss;
  private final List<BoundSession.Lane> lanes = new ArrayList<>();

  SideBySide(BoundSession session, String loss) {
    this.session = session;
    this.loss = loss;
  }

  /** The first lanes; they are made when they are first wanted. */
  List<BoundSession.Lane> of(int count) {
    while (lanes.size() < count) {
      lanes.add(session.lane());
    }
    return lanes.subList(0, count);
  }

  /** Runs the parts and returns their mean loss. */
  double run(List<Map<String, Tensor>> parts, Engine engine) {
    List<BoundSession.Lane> used = of(parts.size());
    List<Double> losses =
        engine.map(
            IntStream.range(0, parts.size()).boxed().toList(),
            i -> LossValue.of(loss, used.get(i).run(parts.get(i), List.of(loss))));
    return losses.stream().mapToDouble(v -> v).sum() / parts.size();
  }

  /**
   * The mean of what the lanes hold, in their order.
   *
   * @param output that is looked at, elements [from, from + count)
   * @param into gets the mean at the same place
   */
  static FloatBuffer mean(
      List<BoundSession.Lane> lanes, String output, int from, int count, FloatBuffer into) {
    float[] sum = new float[count];
    float[] one = new float[count];
    for (BoundSession.Lane lane : lanes) {
      lane.buffer(output).get(from, one);
      for (int i = 0; i < count; i++) {
        sum[i] += one[i] / lanes.size();
      }
    }
    return into.put(from, sum);
  }
}
