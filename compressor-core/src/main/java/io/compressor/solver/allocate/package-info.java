/**
 * One budget over many sites: each site offers options (error, bytes, milliseconds), and an
 * allocator takes one option of each. The exact dynamic programme, a greedy one beside it, and
 * fronts of what cannot be bettered. Numbers only; what an option means, its method knows.
 */
@NullMarked
package io.compressor.solver.allocate;

import org.jspecify.annotations.NullMarked;
