package io.compressor.graph.channel;

import io.compressor.graph.Site;
import java.util.List;

/**
 * A norm over a group's channels.
 *
 * @param readers the weights that read its output, when nothing else does: they can take over gain
 *     and shift. Empty when those must stay where they are
 */
public record NormUse(Norm norm, List<Site> readers) {
  public NormUse {
    readers = List.copyOf(readers);
  }
}
