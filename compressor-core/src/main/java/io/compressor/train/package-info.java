/**
 * Learning with gradients that are graphs: parameters in direct buffers, one run of a session a
 * step, optimisers as plain loops over those buffers.
 */
@NullMarked
package io.compressor.train;

import org.jspecify.annotations.NullMarked;
