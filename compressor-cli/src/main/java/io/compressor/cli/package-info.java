/**
 * The command line: one class a command, shared options as mixins. Results go to stdout, progress
 * and messages to stderr, and the exit code agrees with the text. Nothing here computes; it asks
 * the library and prints.
 */
@NullMarked
package io.compressor.cli;

import org.jspecify.annotations.NullMarked;
