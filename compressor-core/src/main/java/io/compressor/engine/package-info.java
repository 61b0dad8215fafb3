/** Where independent work runs, how it reports progress, and how it is cancelled. */
@NullMarked
package io.compressor.engine;

import org.jspecify.annotations.NullMarked;
