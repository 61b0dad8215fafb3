package io.compressor.pass.prune;

import io.compressor.graph.Site;
import io.compressor.ir.Tensor;

/**
 * A layer's weights as they are now. A weight that is exactly 0 is gone, whoever set it to 0, and
 * nothing brings it back.
 *
 * @param site in the model that is pruned
 * @param values in stored order
 */
record PrunedWeight(Site site, float[] values) {
  static PrunedWeight of(Site site) {
    return new PrunedWeight(site, site.weight().toFloats());
  }

  String name() {
    return site.weight().name();
  }

  int size() {
    return values.length;
  }

  int zeros() {
    int zeros = 0;
    for (float v : values) {
      zeros += v == 0 ? 1 : 0;
    }
    return zeros;
  }

  /** Which weights there still are, in stored order. */
  boolean[] kept() {
    boolean[] kept = new boolean[values.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = values[i] != 0;
    }
    return kept;
  }

  PrunedWeight with(float[] other) {
    return new PrunedWeight(site, other);
  }

  /** Under the weight's own name. */
  Tensor tensor() {
    return Tensor.ofFloats(name(), site.weight().dims(), values);
  }
}
