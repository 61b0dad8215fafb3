package io.compressor.pass.maestro;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.Site;
import io.compressor.ir.Tensor;
import io.compressor.train.Optimizer;
import io.compressor.train.RootMeanSquare;
import io.compressor.train.Variable;
import java.util.function.Function;

/**
 * A weight that stays whole while it learns.
 *
 * @param weight initial values in stored order, named as in the student
 */
record WholePart(Site site, Tensor weight) {
  /**
   * @param matrix [out × in]
   */
  static WholePart add(GraphEditor editor, Site site, float[] matrix) {
    float[] stored = site.layout().toStored(matrix);
    Tensor made = FactorPart.added(editor, site, "/w", stored, site.weight().dims());
    FactorPart.read(editor, site, made.name());
    return new WholePart(site, made);
  }

  Variable variable(double rate, Optimizer.Factory optimizer) {
    return new Variable(weight, optimizer, rate * RootMeanSquare.of(weight.toFloats()));
  }

  /** The present values [out × in]. */
  float[] matrix(Function<String, float[]> values) {
    return site.layout().toMatrix(values.apply(weight.name()));
  }
}
