package io.compressor.autodiff;

import io.compressor.ir.Model;

/**
 * A model that computes a number to be made small.
 *
 * @param model has the loss as a further output, and targets as further inputs
 * @param loss a scalar
 */
public record LossModel(Model model, String loss) {}
