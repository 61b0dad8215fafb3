/**
 * Calibration and evaluation data: files and descriptors in, typed batches out.
 *
 * <p>Invariants: sample values stay in mapped files or are decoded batch by batch, so a data set of
 * many gigabytes needs little heap; every batch is a fresh set of direct-buffer tensors; nothing is
 * made up unless the descriptor says so in writing, and whatever is filled, converted or cut is
 * named in the {@link io.compressor.formats.data.DataSummary}. No pickle, no code.
 */
@NullMarked
package io.compressor.formats.data;

import org.jspecify.annotations.NullMarked;
