package io.compressor.graph.stage;

import io.compressor.graph.SiteKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Anchored nodes [from, to) between two narrow places.
 *
 * @param sites kinds of the weights that these nodes read, in graph order
 * @param mixes whether two bound values are multiplied, as attention does
 */
record Segment(int from, int to, List<SiteKind> sites, boolean mixes) {
  Segment {
    sites = List.copyOf(sites);
  }

  /** This and the one right after it as one. */
  Segment with(Segment next) {
    List<SiteKind> all = new ArrayList<>(sites);
    all.addAll(next.sites);
    return new Segment(from, next.to, all, mixes || next.mixes);
  }

  boolean hasOnlyTables() {
    return sites.stream().allMatch(k -> k == SiteKind.GATHER);
  }

  /** Whether two segments do the same kind of thing, whatever their sizes. */
  boolean isLike(Segment other) {
    return mixes == other.mixes && sites.equals(other.sites);
  }
}
