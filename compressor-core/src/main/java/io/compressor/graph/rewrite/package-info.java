/**
 * Exact changes of structure that make a model easier to compress or faster to run: same function,
 * other nodes. Each is a small class; each that declines says why.
 */
@NullMarked
package io.compressor.graph.rewrite;

import org.jspecify.annotations.NullMarked;
