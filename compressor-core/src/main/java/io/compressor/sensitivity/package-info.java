/**
 * How much a model's outputs mind what is done to its weights: the distance of outputs from the
 * original's on calibration data, its curvature through gradients, and terms between layers.
 */
@NullMarked
package io.compressor.sensitivity;

import org.jspecify.annotations.NullMarked;
