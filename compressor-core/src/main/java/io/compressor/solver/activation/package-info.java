/**
 * Numerics of activations: ranges from histograms, uint8 parameters, channel scales that make
 * dynamic int8 more accurate. Arrays in, records out; never sees a node.
 */
@NullMarked
package io.compressor.solver.activation;

import org.jspecify.annotations.NullMarked;
