/** The {@code bct} pass: every tensor in blocks, without data. */
@NullMarked
package io.compressor.pass.bct;

import org.jspecify.annotations.NullMarked;
