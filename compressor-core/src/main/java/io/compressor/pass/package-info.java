/**
 * Compression passes: small compositions of sites, statistics, solver and encoding. Passes do not
 * depend on each other.
 */
@NullMarked
package io.compressor.pass;

import org.jspecify.annotations.NullMarked;
