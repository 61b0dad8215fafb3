/** The one exception type of the toolkit and its codes. */
@NullMarked
package io.compressor.error;

import org.jspecify.annotations.NullMarked;
