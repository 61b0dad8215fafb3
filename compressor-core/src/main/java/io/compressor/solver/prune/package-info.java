/**
 * Which weights go: rankings within a layer, and the usual rules for how much each layer keeps,
 * beside which the allocator of {@code solver.allocate} has to do better.
 */
@NullMarked
package io.compressor.solver.prune;

import org.jspecify.annotations.NullMarked;
