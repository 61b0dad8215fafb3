package io.compressor.encoding;

import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;

/** What a weight in blocks takes. */
public final class BlockBytes {
  private BlockBytes() {}

  /**
   * Scales of their own for all blocks ({@link io.compressor.solver.block.BlockGrid}).
   *
   * @param levels different codes, 2 to 256
   * @return bytes of codes and scales
   */
  public static long exact(Site site, int levels, int down, int across) {
    return codes(site, levels) + ScaleStorage.bytes((long) down * across);
  }

  /** Folded into int8: a multiplier for each block, a scale for each output. */
  public static long folded(Site site, int levels, int down, int across) {
    long multipliers = across == 1 ? 0 : (long) down * across;
    return codes(site, levels) + multipliers + ScaleStorage.bytes(site.out());
  }

  private static long codes(Site site, int levels) {
    CodeWords words = CodeWords.of(levels);
    return site.kind() == SiteKind.GATHER
        ? site.out() * words.bytes(site.in())
        : words.bytes(site.parameters());
  }
}
