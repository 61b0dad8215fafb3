/** Cuts a model into pieces that run one after the other, at its narrowest places. */
@NullMarked
package io.compressor.graph.stage;

import org.jspecify.annotations.NullMarked;
