/**
 * The {@code precision} pass: each weight gets as few bits as a limit on the loss of quality
 * allows, in an order that knows how layers' errors meet (Schaefer et al. 2023).
 */
@NullMarked
package io.compressor.pass.precision;

import org.jspecify.annotations.NullMarked;
