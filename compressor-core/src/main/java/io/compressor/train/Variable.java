package io.compressor.train;

import io.compressor.ir.Tensor;

/**
 * Something to learn.
 *
 * @param initial names the model's constant or input, and says where to begin
 * @param optimizer how it moves
 * @param rate its learning rate, times the schedule's factor
 */
public record Variable(Tensor initial, Optimizer.Factory optimizer, double rate) {
  public String name() {
    return initial.name();
  }
}
