package io.compressor.pass.prune;

import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.PassScope;
import io.compressor.solver.prune.FisherPruning;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** M-FAC: optimal brain surgeon on gradients that are taken anew in each round. */
final class FisherSaliency implements Saliency.Factory {
  private static final int BLOCK = 64;

  /** Of the mean of the gradients' squares. */
  private static final double DAMPING = 0.01;

  private final PassScope scope;
  private final List<Map<String, Tensor>> feeds;
  private final int count;
  private final long seed;
  private final Map<String, FisherPruning> made = new HashMap<>();
  private @Nullable OutputGradients gradients;
  private int round;

  /**
   * @param feeds batches that gradients are taken on
   * @param count how many are taken
   */
  FisherSaliency(PassScope scope, List<Map<String, Tensor>> feeds, int count, long seed) {
    this.scope = scope;
    this.feeds = feeds;
    this.count = count;
    this.seed = seed;
  }

  @Override
  public void begin(Model model, List<PrunedWeight> weights) {
    made.clear();
    gradients =
        OutputGradients.of(
            scope, Distortions.with(model, weights), weights, feeds, count, seed + round++);
  }

  @Override
  public Saliency of(PrunedWeight weight) {
    OutputGradients now = Objects.requireNonNull(gradients, "no round has begun");
    return made.computeIfAbsent(
            weight.name(),
            name ->
                new FisherPruning(
                    weight.values(),
                    weight.kept(),
                    now.of(weight),
                    now.count(),
                    BLOCK,
                    DAMPING,
                    scope.engine()))
        ::pruned;
  }
}
