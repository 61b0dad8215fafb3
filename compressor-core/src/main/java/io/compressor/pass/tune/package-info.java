/**
 * Tunes what is continuous in a compressed model, so that it makes what the original makes; integer
 * codes stay.
 */
@NullMarked
package io.compressor.pass.tune;

import org.jspecify.annotations.NullMarked;
