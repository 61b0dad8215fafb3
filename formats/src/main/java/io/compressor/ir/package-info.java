/**
 * The in-memory form of an ONNX model.
 *
 * <p>Invariants: everything here is immutable; edges are names, as in ONNX; what compression does
 * not need to understand is carried verbatim in {@code extra} bytes; tensors never hold weights on
 * the heap unless we made them.
 */
@NullMarked
package io.compressor.ir;

import org.jspecify.annotations.NullMarked;
