/**
 * Pure numerics: grids, clip search, GPTQ, k-means, allocation. Sees arrays and specs, never a
 * node.
 */
@NullMarked
package io.compressor.solver;

import org.jspecify.annotations.NullMarked;
