/**
 * Block floating integers (BCT): tensors cut into rectangles, each with one scale, a power of two
 * or exact; how finely each tensor is cut and coded under a total of bytes.
 */
@NullMarked
package io.compressor.solver.block;

import org.jspecify.annotations.NullMarked;
