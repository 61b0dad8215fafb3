/** ReSTE: weights and activations of one bit that learn. */
@NullMarked
package io.compressor.pass.reste;

import org.jspecify.annotations.NullMarked;
