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

/**
 * One pass over the data in batches, shortest samples first. Unless the batch is fixed the first is
 * a single sample, which tells how large outputs are; later ones stay within {@value
 * #OUTPUT_BUDGET} bytes of output (a vocabulary of 50,000 over 512 tokens is 100 MB a sample).
 */
record Pass(Dataset data, EvaluationOptions options, Progress progress) {
  /** Marks a row whose sample was in an earlier batch already. */
  static final int SEEN = -1;

  static final long OUTPUT_BUDGET = 64L << 20;

  /** What is done with a batch. */
  @FunctionalInterface
  interface Step {
    /**
     * @param rows the sample in each row, or {@link #SEEN}
     * @return bytes that came out of one model
     */
    long on(int[] rows, Tokens tokens, Map<String, Tensor> feeds);
  }

  void forEach(Step step) {
    int size = data.size();
    int[] order = order();
    Dataset ordered = data.select(order);
    boolean fixed = data.fixedBatch().isPresent();
    int batch = fixed ? data.fixedBatch().getAsInt() : 1;
    requireEnough(batch);
    progress.begin("evaluate", size);
    for (int done = 0; done < size; ) {
      progress.checkCancelled();
      int to = Math.min(size, done + batch);
      // a model of fixed batch cannot take a short tail: it gets the last full batch, part of it
      // for the second time
      int from = fixed ? to - batch : done;
      Batch feeds = ordered.batch(from, to);
      int[] rows = Arrays.copyOfRange(order, from, to);
      Arrays.fill(rows, 0, done - from, SEEN);
      long bytes = step.on(rows, Tokens.of(feeds.inputs()), feeds.inputs());
      progress.advance(to - done);
      done = to;
      if (!fixed && done < size) {
        batch = next(ordered, done, bytes / rows.length);
      }
    }
  }

  /** How many samples from {@code done} on keep within the budget. */
  private int next(Dataset ordered, int done, long bytesOfOne) {
    int batch = Math.min(options.batch(), data.size() - done);
    double measured = Math.max(1, ordered.length(done - 1));
    while (batch > 1) {
      double growth = Math.max(1, ordered.length(done + batch - 1)) / measured;
      if (batch * growth * bytesOfOne <= OUTPUT_BUDGET) {
        break;
      }
      batch /= 2;
    }
    return batch;
  }

  private void requireEnough(int batch) {
    if (batch > data.size()) {
      throw new CompressorException(
          ErrorCode.DATA,
          data.describe(),
          "the model takes %d samples at a time, and there are %d".formatted(batch, data.size()),
          "give at least %d samples, or export the model with a free batch axis".formatted(batch));
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
