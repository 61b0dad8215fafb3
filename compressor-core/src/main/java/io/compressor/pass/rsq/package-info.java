/**
 * The {@code rsq} pass: rotate, scale, then quantize, block by block on what is already quantized.
 */
@NullMarked
package io.compressor.pass.rsq;

import org.jspecify.annotations.NullMarked;
