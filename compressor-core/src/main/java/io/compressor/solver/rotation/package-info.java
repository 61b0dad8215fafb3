/** Orthogonal matrices that are cheap to apply: Hadamard, Haar and their Kronecker products. */
@NullMarked
package io.compressor.solver.rotation;

import org.jspecify.annotations.NullMarked;
