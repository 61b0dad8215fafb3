/**
 * What every pass that quantizes weights shares: which form a site gets, how its codes are chosen,
 * how they are written, what is said about it. Knows no pass.
 */
@NullMarked
package io.compressor.pass.weights;

import org.jspecify.annotations.NullMarked;
