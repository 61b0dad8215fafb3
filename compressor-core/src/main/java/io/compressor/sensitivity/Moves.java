package io.compressor.sensitivity;

import io.compressor.ir.Tensor;
import java.util.Optional;

/**
 * How far storing weights at a level moves them: Δw = Q(w) − w.
 *
 * @see Interactions
 */
public interface Moves {
  /** Number of layers. */
  int layers();

  /** Number of levels, the untouched level 0 included. */
  int levels();

  /** The constant that a layer's weight is in the model. */
  String parameter(int layer);

  /**
   * Δw in the parameter's type and shape; empty where the layer cannot take the level.
   *
   * @param level from 1 on
   */
  Optional<Tensor> move(int layer, int level);
}
