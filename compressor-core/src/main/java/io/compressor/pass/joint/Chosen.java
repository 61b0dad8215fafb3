package io.compressor.pass.joint;

import io.compressor.graph.Site;
import io.compressor.pass.weights.SolvedSite;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A site, what it becomes, and what came of it. */
record Chosen(Site site, Item item, Piece piece) {
  /** Whether anything is done. */
  boolean isTreated() {
    return !item.treatment().isNone();
  }

  /** Where the site's bias is added. */
  Site biased() {
    return item.halves().map(Item.Halves::u).orElse(site);
  }

  /** What chose the codes. */
  String method() {
    List<String> methods = piece.solved().stream().map(SolvedSite::method).distinct().toList();
    return String.join(", ", methods);
  }

  /** Forms in words, such as {@code table-int8}. */
  String encoding() {
    String coded =
        item.coded().stream()
            .map(a -> a.choice().encoding().id())
            .distinct()
            .collect(Collectors.joining(", "));
    return item.halves().isEmpty() ? coded : coded.isEmpty() ? "factored" : "factored, " + coded;
  }

  /** Solved weights by name. */
  Map<String, SolvedSite> byName() {
    return piece.solved().stream().collect(Collectors.toMap(s -> s.task().site().name(), s -> s));
  }
}
