/**
 * What a graph means to compression: who produces and reads each value, which constants hide behind
 * which nodes, which weights are sites, and the one way to rewrite.
 */
@NullMarked
package io.compressor.graph;

import org.jspecify.annotations.NullMarked;
