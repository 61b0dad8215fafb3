/**
 * Which layers get how many bits under a limit on the loss: a quadratic model of the loss with
 * terms between layers, orders of layers, and the bisection over them. Numbers only.
 */
@NullMarked
package io.compressor.solver.mixed;

import org.jspecify.annotations.NullMarked;
