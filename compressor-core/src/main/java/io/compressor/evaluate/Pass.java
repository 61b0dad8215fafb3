package io.compressor.evaluate;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Batch;
import io.compressor.formats.data.Dataset;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.IntStream;

/** One pass over the data in batches. */
record Pass(Dataset data, EvaluationOptions options, Progress progress) {
  /** Marks a row whose sample was in an earlier batch already. */
  static final int SEEN = -1;

  /** What is done with a batch. */
  @FunctionalInterface
  interface Step {
    /**
     * @param rows the sample in each row, or {@link #SEEN}
     */
    void on(int[] rows, Tokens tokens, Map<String, Tensor> feeds);
  }

  void forEach(Step step) {
    int size = data.size();
    int[] order = order();
    Dataset ordered = data.select(order);
    int batch = data.fixedBatch().orElse(options.batch());
    if (batch > size && data.fixedBatch().isPresent()) {
      throw new CompressorException(
          ErrorCode.DATA,
          data.describe(),
          "the model takes %d samples at a time, and there are %d".formatted(batch, size),
          "give at least %d samples, or export the model with a free batch axis".formatted(batch));
    }
    progress.begin("evaluate", size);
    for (int done = 0; done < size; ) {
      progress.checkCancelled();
      int to = Math.min(size, done + batch);
      // a model of fixed batch cannot take a short tail: it gets the last full batch, part of it
      // for the second time
      int from = data.fixedBatch().isPresent() ? to - batch : done;
      Batch feeds = ordered.batch(from, to);
      int[] rows = Arrays.copyOfRange(order, from, to);
      Arrays.fill(rows, 0, done - from, SEEN);
      step.on(rows, Tokens.of(feeds.inputs()), feeds.inputs());
      progress.advance(to - done);
      done = to;
    }
  }

  private int[] order() {
    int[] lengths = IntStream.range(0, data.size()).map(data::length).toArray();
    return IntStream.range(0, lengths.length)
        .boxed()
        .sorted(Comparator.comparingInt(i -> lengths[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
