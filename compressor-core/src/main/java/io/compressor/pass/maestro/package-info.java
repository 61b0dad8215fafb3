/** The {@code maestro} pass: trainable low rank. */
@NullMarked
package io.compressor.pass.maestro;

import org.jspecify.annotations.NullMarked;
