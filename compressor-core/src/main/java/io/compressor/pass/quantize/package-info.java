/**
 * The {@code quantize} pass: weights in 2 to 8 bits by rounding or GPTQ, activations left alone,
 * measured at run time, or fixed from data.
 */
@NullMarked
package io.compressor.pass.quantize;

import org.jspecify.annotations.NullMarked;
