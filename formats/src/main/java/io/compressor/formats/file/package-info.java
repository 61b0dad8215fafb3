/** Files that appear whole or not at all, and hashes of what they hold. */
@NullMarked
package io.compressor.formats.file;

import org.jspecify.annotations.NullMarked;
