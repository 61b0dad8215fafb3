/**
 * The folder that a run leaves its finished pieces in, so that a killed run goes on where it was.
 */
@NullMarked
package io.compressor.workspace;

import org.jspecify.annotations.NullMarked;
