/**
 * Which channels of which values must change together, and by what they may change: one analysis
 * for rotation, reordering, scale equalisation and structured pruning. It says what it does not
 * know; it never guesses.
 */
@NullMarked
package io.compressor.graph.channel;

import org.jspecify.annotations.NullMarked;
