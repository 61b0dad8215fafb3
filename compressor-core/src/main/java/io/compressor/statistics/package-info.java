/**
 * Streaming statistics of activations, computed inside ONNX Runtime graphs; only the small results
 * leave the session.
 */
@NullMarked
package io.compressor.statistics;

import org.jspecify.annotations.NullMarked;
