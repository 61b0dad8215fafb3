package io.compressor.encoding;

import io.compressor.solver.QuantSpec;

/**
 * The grid that an encoding wants for a site.
 *
 * @param spec bits, group and symmetry as they can be written, which may differ from what was asked
 * @param limit largest magnitude of an int8 weight; only FOLDED grids have to obey it, for UNIFORM
 *     ones the bits say it already
 * @param vector weights that a code stands for; 1 except for VECTOR
 */
public record GridRequest(GridFamily family, QuantSpec spec, int limit, int vector) {
  public GridRequest(GridFamily family, QuantSpec spec, int limit) {
    this(family, spec, limit, 1);
  }

  /**
   * How many codewords there are room for: as many as fit into {@code bits · vector} bits of the
   * file for each code, at most 256.
   */
  public int codewords() {
    int bits = spec.bits() * vector;
    int size = 1 << Math.min(8, bits);
    while (CodeWords.of(size).wordBits() > bits * CodeWords.of(size).perWord()) {
      size--;
    }
    return size;
  }

  static GridRequest uniform(QuantSpec spec) {
    return new GridRequest(GridFamily.UNIFORM, spec, Int8Range.FULL.limit());
  }
}
