/** Jointly learnable codebooks and mappings. */
@NullMarked
package io.compressor.pass.jlcm;

import org.jspecify.annotations.NullMarked;
