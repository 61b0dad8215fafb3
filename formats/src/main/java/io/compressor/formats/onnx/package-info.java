/**
 * ONNX files: reading without touching the weights, checking, writing in a stream.
 *
 * <p>Invariants: what is read and not changed is written back equal, field for field; nothing in a
 * file, however hostile, causes anything but a {@code CompressorException}; memory grows with the
 * structure of a model, never with its weights.
 */
@NullMarked
package io.compressor.formats.onnx;

import org.jspecify.annotations.NullMarked;
