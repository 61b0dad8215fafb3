/** The facade: one request in, one compressed model and one report out. */
@NullMarked
package io.compressor.pipeline;

import org.jspecify.annotations.NullMarked;
