package io.compressor.pass.bct;

import io.compressor.encoding.BlockBytes;
import io.compressor.graph.Site;
import io.compressor.solver.block.BlockFold;
import io.compressor.solver.block.BlockSpec;

/**
 * One way to cut and code a weight.
 *
 * @param bytes that it would take
 */
record Candidate(BlockSpec spec, long bytes) {

  /**
   * @param folded into int8
   */
  static Candidate of(Site site, BlockSpec spec, boolean folded) {
    int down = spec.shape().down(site.out());
    int across = spec.shape().across(site.in());
    return new Candidate(
        spec,
        folded
            ? BlockBytes.folded(site, levels(spec, true), down, across)
            : BlockBytes.exact(site, levels(spec, false), down, across));
  }

  /** Codes as they are packed: {@link BlockFold} gives 15 integers the sixteenth. */
  private static int levels(BlockSpec spec, boolean folded) {
    return folded && spec.table().size() == 15 ? 16 : spec.table().size();
  }

  /** {@code 39 levels in 64x64}. */
  String words() {
    int levels = spec.table().size();
    String codes = levels == 15 ? "4-bit" : levels == 255 ? "8-bit" : levels + " levels";
    return codes + " in blocks of " + spec.shape().words();
  }
}
