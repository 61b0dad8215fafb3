package io.compressor.graph.rewrite;

import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import java.util.List;

/** The rewritten model with what was done and what was left, each with its reason. */
public record RewriteResult(Model model, List<Applied> applied, List<Skipped> skipped) {
  public RewriteResult {
    applied = List.copyOf(applied);
    skipped = List.copyOf(skipped);
  }

  /** One change: at which node, and what it was, in words. */
  public record Applied(String node, String what) {}

  public boolean changed() {
    return !applied.isEmpty();
  }
}
