package io.compressor.statistics;

import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Moments of batches with fewer rows than columns: there the rows are smaller than the matrix of
 * their products, so the rows leave the session and are multiplied many batches at a time. Blocks
 * are cut by rows, not by batches, so the products do not depend on the batch size.
 *
 * <p>Measured against taking matrices always, two threads, otherwise idle machine: the 24 Hessians
 * of a six-layer sentence encoder over 32 texts of 64 tokens, one a batch, take 1.9 s instead of
 * 2.7 s.
 */
final class RowGauge extends MomentGauge {
  /** Rows whose squares sum to more could overflow the float32 products. */
  private static final float TOO_LARGE = 1e30f;

  private final String rows;
  private final String sums;
  private final String energy;
  private final Optional<String> weight;
  private final Map<Span.Part, RowBlocks> blocks = new EnumMap<>(Span.Part.class);

  /**
   * @param x [rows, size]
   * @param w [rows, 1], not negative
   */
  RowGauge(Emit emit, String value, List<String> names, int size, String x, Optional<String> w) {
    super(value, names, 1, size);
    rows = w.map(name -> emit.node("Mul", List.of(x, emit.node("Sqrt", List.of(name))))).orElse(x);
    sums = emit.reduce("ReduceSum", x, 0);
    energy = emit.reduce("ReduceSumSquare", rows);
    weight = w.map(name -> emit.reduce("ReduceSum", name));
  }

  @Override
  List<String> outputs() {
    List<String> all = new ArrayList<>(List.of(rows, sums, energy));
    weight.ifPresent(all::add);
    return all;
  }

  @Override
  @Nullable Runnable read(Map<String, Tensor> run, Span span) {
    Tensor batch = get(run, rows);
    float[] batchSums = get(run, sums).toFloats();
    float batchEnergy = get(run, energy).toFloats()[0];
    long count = batch.dims()[0];
    double batchWeight = weight.isPresent() ? get(run, weight.get()).toFloats()[0] : count;
    // also false for NaN
    boolean sound = batchEnergy < TOO_LARGE && Double.isFinite(batchWeight);
    if (!sound || !isFinite(batchSums)) {
      return null;
    }
    return () -> {
      sums(span.part()).addRows(batchSums, count, batchWeight);
      blocks.computeIfAbsent(span.part(), p -> new RowBlocks(size())).append(batch.data().buffer());
    };
  }

  @Override
  List<Supplier<Runnable>> due(Gram gram, boolean last) {
    List<Supplier<Runnable>> work = new ArrayList<>();
    blocks.forEach(
        (part, rowBlocks) ->
            rowBlocks
                .take(last)
                .forEach(
                    block ->
                        work.add(
                            () -> {
                              List<float[]> products = gram.of(block.rows());
                              return () -> {
                                sums(part).addStrips(products);
                                rowBlocks.giveBack(block);
                              };
                            })));
    return work;
  }
}
