package io.compressor.pass.rsq;

import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import io.compressor.statistics.importance.ImportanceOptions.Score;
import io.compressor.statistics.stage.StageRunner;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether the residual stream of a stage has the shape that a score of tokens needs. */
record StreamShapes(StageRunner run) {
  /**
   * @param from the stream [batch, length, n] that the stage reads
   * @param to the one that it makes; differences need the same shape
   * @return why tokens cannot be scored; empty when they can
   */
  Optional<String> unfit(Score score, String from, String to) {
    Map<String, Tensor> first = run.data().batch(0, 1).inputs();
    Tensor stream = first.get(from);
    if (stream == null || stream.rank() != 3) {
      return Optional.of("'" + from + "' is not [batch, length, n]");
    }
    if (score != Score.ACT_DIFF) {
      return Optional.empty();
    }
    long[] made = made(first, to);
    return Arrays.equals(stream.dims(), made)
        ? Optional.empty()
        : Optional.of(
            "'%s' has shape %s, '%s' %s, so there is no difference between them"
                .formatted(from, Arrays.toString(stream.dims()), to, Arrays.toString(made)));
  }

  private long[] made(Map<String, Tensor> inputs, String value) {
    try (RuntimeSession session =
        RuntimeSession.open(
            Taps.only(run.model(), List.of(value)), SessionSettings.withThreads(1))) {
      Tensor tensor = session.run(inputs, List.of(value)).get(value);
      return tensor == null ? new long[0] : tensor.dims();
    }
  }
}
