package io.compressor.graph.rewrite;

import io.compressor.graph.Skipped;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what a rewrite did and declined. */
final class RewriteLog {
  private final List<RewriteResult.Applied> applied = new ArrayList<>();
  private final Map<String, String> skipped = new LinkedHashMap<>();

  void applied(Node node, String what) {
    applied.add(new RewriteResult.Applied(node.label(), what));
  }

  void skipped(Node node, String reason) {
    skipped.putIfAbsent(node.label(), reason);
  }

  /** Whether nothing was rewritten. */
  boolean isEmpty() {
    return applied.isEmpty();
  }

  RewriteResult result(Model model) {
    return new RewriteResult(
        model,
        applied,
        skipped.entrySet().stream().map(e -> new Skipped(e.getKey(), e.getValue())).toList());
  }
}
