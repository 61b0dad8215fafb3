/** Pruning: which weights become zero, layer by layer as much as costs least at the outputs. */
@NullMarked
package io.compressor.pass.prune;

import org.jspecify.annotations.NullMarked;
