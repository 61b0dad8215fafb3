/** Small programs that use the library the way an application would; each is also a test. */
@NullMarked
package io.compressor.samples;

import org.jspecify.annotations.NullMarked;
