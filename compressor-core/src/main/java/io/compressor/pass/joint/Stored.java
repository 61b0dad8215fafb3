package io.compressor.pass.joint;

import io.compressor.encoding.EncodingChoice;
import io.compressor.graph.Site;
import io.compressor.pass.weights.SolvedSite;
import java.util.List;

/** Bytes of constants that stand for a site, nodes not counted. */
final class Stored {
  private Stored() {}

  static long bytes(Site site, Item item, Piece piece) {
    if (item.treatment().isNone()) {
      return site.weight().byteCount();
    }
    long sum = 0;
    List<String> coded = piece.solved().stream().map(s -> s.task().site().name()).toList();
    for (SolvedSite one : piece.solved()) {
      EncodingChoice choice = one.task().choice();
      sum += choice.bytes() - choice.encoding().saved(one.task().site(), one.weight());
    }
    if (item.halves().isPresent()) {
      Item.Halves halves = item.halves().get();
      for (Site half : List.of(halves.v(), halves.u())) {
        sum += coded.contains(half.name()) ? 0 : half.weight().byteCount();
      }
    }
    return sum;
  }
}
