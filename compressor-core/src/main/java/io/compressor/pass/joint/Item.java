package io.compressor.pass.joint;

import io.compressor.graph.Site;
import io.compressor.pass.weights.Assignment;
import io.compressor.recipe.Treatment;
import java.util.List;
import java.util.Optional;

/**
 * One way to treat one site.
 *
 * @param halves where it becomes two factors; their weights are placeholders of the right shape
 * @param coded the forms of what is stored in codes: of the site, or of its halves
 * @param millis of one run, as measured; 0 where nothing was
 */
record Item(
    Treatment treatment, Optional<Halves> halves, List<Assignment.Assigned> coded, double millis) {
  Item {
    coded = List.copyOf(coded);
  }

  /** The sites that two factors are, in the order in which they run. */
  record Halves(Site v, Site u) {}
}
