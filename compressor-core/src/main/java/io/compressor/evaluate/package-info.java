/** Metrics of the model that ships, paired intervals, and the accuracy gate. */
@NullMarked
package io.compressor.evaluate;

import org.jspecify.annotations.NullMarked;
