/**
 * Runs a model stage after stage over data; what passes between stages lies in mapped files, so
 * memory holds one stage whatever the size of the model.
 */
@NullMarked
package io.compressor.statistics.stage;

import org.jspecify.annotations.NullMarked;
