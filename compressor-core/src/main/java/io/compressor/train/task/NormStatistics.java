package io.compressor.train.task;

import io.compressor.ir.Tensor;
import io.compressor.train.task.TrainingForm.Norm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Mean and variance of what norms see, over several batches: E and Var of the pooled samples, which
 * is the mean of the batches' variances and the variance of their means (batches of one size).
 */
final class NormStatistics {
  private final List<Norm> norms;
  private final Map<String, double[]> sums = new LinkedHashMap<>();
  private int batches;

  NormStatistics(List<Norm> norms) {
    this.norms = norms;
  }

  /**
   * @param seen the values of {@link TrainingForm#statistics()} for one batch
   */
  void add(Map<String, Tensor> seen) {
    batches++;
    for (Norm norm : norms) {
      float[] mean = floats(seen, norm.batchMean());
      float[] variance = floats(seen, norm.batchVariance());
      double[] first = sums.computeIfAbsent(norm.mean(), k -> new double[mean.length]);
      double[] second = sums.computeIfAbsent(norm.variance(), k -> new double[mean.length]);
      for (int c = 0; c < mean.length; c++) {
        first[c] += mean[c];
        second[c] += variance[c] + (double) mean[c] * mean[c];
      }
    }
  }

  /** Constants of the inference form by name. */
  Map<String, Tensor> constants() {
    Map<String, Tensor> found = new LinkedHashMap<>();
    for (Norm norm : norms) {
      double[] first = Objects.requireNonNull(sums.get(norm.mean()));
      double[] second = Objects.requireNonNull(sums.get(norm.variance()));
      float[] mean = new float[first.length];
      float[] variance = new float[first.length];
      for (int c = 0; c < mean.length; c++) {
        double m = first[c] / batches;
        mean[c] = (float) m;
        variance[c] = (float) Math.max(0, second[c] / batches - m * m);
      }
      long[] dims = {mean.length};
      found.put(norm.mean(), Tensor.ofFloats(norm.mean(), dims, mean));
      found.put(norm.variance(), Tensor.ofFloats(norm.variance(), dims, variance));
    }
    return found;
  }

  private static float[] floats(Map<String, Tensor> seen, String name) {
    return Objects.requireNonNull(seen.get(name), name).toFloats();
  }
}
