/**
 * Reverse-mode differentiation of ONNX graphs into ONNX graphs: from a model, a scalar loss and the
 * values to differentiate by, one model whose further outputs are the gradients. Plain ONNX Runtime
 * runs the result.
 */
@NullMarked
package io.compressor.autodiff;

import org.jspecify.annotations.NullMarked;
