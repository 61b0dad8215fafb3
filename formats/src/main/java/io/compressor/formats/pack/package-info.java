/** Codes of few bits in whole bytes, as ONNX stores them. */
@NullMarked
package io.compressor.formats.pack;

import org.jspecify.annotations.NullMarked;
