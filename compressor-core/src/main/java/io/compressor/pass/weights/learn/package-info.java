/**
 * A compressed model that learns to do what the original does: what passes share that adjust
 * weights, scales or constants by gradients.
 */
@NullMarked
package io.compressor.pass.weights.learn;

import org.jspecify.annotations.NullMarked;
