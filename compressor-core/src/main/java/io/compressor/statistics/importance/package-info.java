/**
 * How much each token of the calibration data counts (RSQ, arXiv 2503.01820), computed by nodes
 * appended to the model, so that a Hessian can weight its rows.
 */
@NullMarked
package io.compressor.statistics.importance;

import org.jspecify.annotations.NullMarked;
