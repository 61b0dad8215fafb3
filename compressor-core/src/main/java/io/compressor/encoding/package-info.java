/**
 * How compressed weights are written: one class per written form, each saying what it needs and
 * which kernel runs it.
 */
@NullMarked
package io.compressor.encoding;

import org.jspecify.annotations.NullMarked;
