/**
 * Block floating integers (BCT): tensors cut into rectangles, each with one scale, a power of two
 * or exact.
 */
@NullMarked
package io.compressor.solver.block;

import org.jspecify.annotations.NullMarked;
