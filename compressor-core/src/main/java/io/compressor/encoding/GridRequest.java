package io.compressor.encoding;

import io.compressor.solver.QuantSpec;

/**
 * The grid that an encoding wants for a site.
 *
 * @param spec bits, group and symmetry as they can be written, which may differ from what was asked
 * @param limit largest magnitude of an int8 weight; only FOLDED grids have to obey it, for UNIFORM
 *     ones the bits say it already
 */
public record GridRequest(GridFamily family, QuantSpec spec, int limit) {
  static GridRequest uniform(QuantSpec spec) {
    return new GridRequest(GridFamily.UNIFORM, spec, Int8Range.FULL.limit());
  }
}
