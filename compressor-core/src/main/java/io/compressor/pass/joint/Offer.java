package io.compressor.pass.joint;

import io.compressor.graph.Site;
import java.util.List;

/**
 * What one site may become.
 *
 * @param items the first leaves it as it is
 */
record Offer(Site site, List<Item> items) {
  Offer {
    items = List.copyOf(items);
  }

  /** The same with some of the items, by their places. */
  Offer only(List<Integer> places) {
    return new Offer(site, places.stream().map(items::get).toList());
  }
}
