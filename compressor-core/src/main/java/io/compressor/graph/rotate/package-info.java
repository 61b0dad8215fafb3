/**
 * Turns the basis in which a transformer's channels are expressed, so that no channel stands out,
 * without changing what the model computes: norm gains folded, weights rotated.
 */
@NullMarked
package io.compressor.graph.rotate;

import org.jspecify.annotations.NullMarked;
