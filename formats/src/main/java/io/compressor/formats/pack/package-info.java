/** Codes of few bits in whole bytes: bit streams as ONNX stores them, and table codes. */
@NullMarked
package io.compressor.formats.pack;

import org.jspecify.annotations.NullMarked;
