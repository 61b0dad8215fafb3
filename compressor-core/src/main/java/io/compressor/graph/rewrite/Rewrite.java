package io.compressor.graph.rewrite;

import io.compressor.ir.Model;
import java.util.ArrayList;
import java.util.List;

/** A change of structure that keeps what the model computes. Stateless. */
public interface Rewrite {
  /** Stable name for reports, e.g. {@code fold.batch-norm}. */
  String id();

  /** Rewrites wherever it applies; where it nearly applies, says why it does not. */
  RewriteResult apply(Model model);

  /** One rewrite after the other; the results are joined. */
  static RewriteResult inTurn(Model model, List<Rewrite> rewrites) {
    Model now = model;
    List<RewriteResult.Applied> applied = new ArrayList<>();
    List<io.compressor.graph.Skipped> skipped = new ArrayList<>();
    for (Rewrite rewrite : rewrites) {
      RewriteResult result = rewrite.apply(now);
      now = result.model();
      applied.addAll(result.applied());
      skipped.addAll(result.skipped());
    }
    return new RewriteResult(now, applied, skipped);
  }
}
