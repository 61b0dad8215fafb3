package io.compressor.pass.weights;

import io.compressor.graph.rewrite.BatchNormFolding;
import io.compressor.graph.rewrite.FoldPadIntoConv;
import io.compressor.graph.rewrite.RemoveNoOps;
import io.compressor.graph.rewrite.Rewrite;
import io.compressor.ir.Model;
import java.util.List;

/**
 * Turns convolution stacks into Conv → ReLU → Conv chains before ranges are taken: whatever stays
 * in float between two integer kernels costs more than the kernels save.
 */
public final class ConvChains {
  private ConvChains() {}

  public static Model simplify(Model model) {
    return Rewrite.inTurn(
            model, List.of(new RemoveNoOps(), new FoldPadIntoConv(), new BatchNormFolding()))
        .model();
  }
}
