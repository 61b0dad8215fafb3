/**
 * The only package that sees ONNX Runtime: sessions over mapped weights, taps on inner values,
 * timing, kernel probes.
 */
@NullMarked
package io.compressor.runtime;

import org.jspecify.annotations.NullMarked;
