/**
 * Training of whole models: batches with labels and augmentation, what is to be learnt, norms with
 * the statistics of their batch, a run with checkpoints and a held-out part.
 */
@NullMarked
package io.compressor.train.task;

import org.jspecify.annotations.NullMarked;
