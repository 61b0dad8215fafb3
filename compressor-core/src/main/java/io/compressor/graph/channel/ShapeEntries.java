package io.compressor.graph.channel;

import io.compressor.graph.GraphIndex;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The numbers in a shape vector that a graph puts together, read from its end. */
final class ShapeEntries {
  private static final int MAX_DEPTH = 32;

  private final GraphIndex index;

  ShapeEntries(GraphIndex index) {
    this.index = index;
  }

  /** Entry {@code fromEnd} (-1 is the last), when it is a constant. */
  Optional<Long> entry(String vector, int fromEnd) {
    List<Optional<Long>> tail = tail(vector, -fromEnd, 0);
    return tail.size() >= -fromEnd ? tail.get(-fromEnd - 1) : Optional.empty();
  }

  /** Up to {@code wanted} entries, last first; shorter where the length is not known. */
  private List<Optional<Long>> tail(String vector, int wanted, int depth) {
    List<Optional<Long>> found = new ArrayList<>();
    Optional<long[]> constant = index.longs(vector);
    if (constant.isPresent()) {
      long[] all = constant.get();
      for (int i = all.length - 1; i >= 0 && found.size() < wanted; i--) {
        found.add(Optional.of(all[i]));
      }
      return found;
    }
    Optional<Node> node = index.producer(vector);
    if (node.isEmpty() || depth > MAX_DEPTH) {
      return found;
    }
    if (node.get().is("Cast") || node.get().is("Identity")) {
      return node.get().input(0).map(v -> tail(v, wanted, depth + 1)).orElse(found);
    }
    if (node.get().is("Concat")) {
      for (int i = node.get().inputs().size() - 1; i >= 0 && found.size() < wanted; i--) {
        List<Optional<Long>> part = part(node.get().inputs().get(i), wanted, depth + 1);
        if (part.isEmpty()) {
          return found; // of unknown length: what stands before it cannot be placed
        }
        found.addAll(part);
      }
    }
    return found;
  }

  private List<Optional<Long>> part(String vector, int wanted, int depth) {
    List<Optional<Long>> known = tail(vector, wanted, depth);
    return known.isEmpty() && isSingle(vector) ? List.of(Optional.empty()) : known;
  }

  /** Whether a vector has one entry: what Unsqueeze makes of a number, or a Gather by one index. */
  private boolean isSingle(String vector) {
    return index
        .producer(vector)
        .filter(
            n ->
                (n.is("Unsqueeze") && picksOne(n))
                    || (n.is("Gather")
                        && n.input(1)
                            .flatMap(index::constant)
                            .filter(t -> t.rank() == 1 && t.elements() == 1)
                            .isPresent()))
        .isPresent();
  }

  private boolean picksOne(Node unsqueeze) {
    return unsqueeze
        .input(0)
        .flatMap(index::producer)
        .filter(
            n ->
                n.is("Squeeze")
                    || (n.is("Gather")
                        && n.input(1)
                            .flatMap(index::constant)
                            .filter(t -> t.rank() == 0)
                            .isPresent()))
        .isPresent();
  }
}
