/**
 * Low rank as numbers: factors ordered by importance, what a rank costs and loses, which ranks fit
 * a budget. Never sees a node.
 */
@NullMarked
package io.compressor.solver.lowrank;

import org.jspecify.annotations.NullMarked;
