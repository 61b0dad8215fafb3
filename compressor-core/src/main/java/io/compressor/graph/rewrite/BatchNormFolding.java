package io.compressor.graph.rewrite;

import io.compressor.ir.Model;
import java.util.List;

/**
 * Leaves layers and activations only, as far as it is exact: no-ops out, padding and per-channel
 * arithmetic into the Conv before, BatchNormalization into its neighbours on either side.
 */
public record BatchNormFolding() implements Rewrite {
  @Override
  public String id() {
    return "fold.batch-norm";
  }

  @Override
  public RewriteResult apply(Model model) {
    return Rewrite.inTurn(
        model,
        List.of(
            new RemoveNoOps(),
            new NormalizeGemm(),
            new FoldPadIntoConv(),
            new FoldAffineIntoProducer(),
            new FoldAffineIntoConsumers()));
  }
}
