/**
 * Static int8 activations: where quantize/dequantize pairs go so that ONNX Runtime fuses whole
 * chains of operators into integer kernels.
 */
@NullMarked
package io.compressor.encoding.activation;

import org.jspecify.annotations.NullMarked;
