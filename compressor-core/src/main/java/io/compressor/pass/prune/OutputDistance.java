package io.compressor.pass.prune;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import io.compressor.recipe.PruneOptions;
import io.compressor.statistics.RowMask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far outputs are from what they were: for each sample the mean square of the difference, over
 * the mean square of the output on all samples, averaged over the model's outputs. 0 = the same, 1
 * = as wrong as zeros. Padding does not count. Caches that a decoder hands to its next step do not
 * count beside its other outputs.
 *
 * <p>Source: Xu et al., arXiv 2308.10438, section 3.1; the division by the power is ours, so that
 * several outputs can be added.
 */
final class OutputDistance {
  private static final String MASK = "attention_mask";

  private final List<Map<String, Tensor>> feeds;
  private final PruneOptions.Distortion kind;
  private final List<Map<String, float[]>> reference = new ArrayList<>();
  private final Map<String, Double> power = new LinkedHashMap<>();

  /**
   * @param feeds the batches
   * @param outputs what the reference makes of each
   */
  OutputDistance(
      List<Map<String, Tensor>> feeds,
      List<Map<String, Tensor>> outputs,
      PruneOptions.Distortion kind) {
    this.feeds = feeds;
    this.kind = kind;
    Map<String, double[]> sums = new LinkedHashMap<>();
    for (int b = 0; b < feeds.size(); b++) {
      Map<String, float[]> kept = new LinkedHashMap<>();
      for (Map.Entry<String, Tensor> one : counted(outputs.get(b)).entrySet()) {
        float[] values = one.getValue().toFloats();
        boolean[] real = realRows(b, one.getValue());
        double[] sum = sums.computeIfAbsent(one.getKey(), k -> new double[2]);
        int width = real.length == 0 ? 1 : values.length / real.length;
        for (int i = 0; i < values.length; i++) {
          if (real.length == 0 || real[i / width]) {
            sum[0] += (double) values[i] * values[i];
            sum[1]++;
          }
        }
        kept.put(one.getKey(), values);
      }
      reference.add(kept);
    }
    sums.forEach((name, s) -> power.put(name, s[1] == 0 || s[0] == 0 ? 1 : s[0] / s[1]));
    if (power.isEmpty()) {
      throw new CompressorException(
          ErrorCode.MODEL,
          "outputs",
          "none of them holds floats, so a change cannot be measured",
          "prune the model before its last, discrete operators are added");
    }
  }

  /** The outputs that count. */
  List<String> names() {
    return List.copyOf(power.keySet());
  }

  /** Adds up samples of batches into one number. */
  final class Sum {
    private double total;
    private double worst;
    private int samples;

    /**
     * @param outputs those of {@link #names()} that were made anew; the others are as they were
     */
    void add(int batch, Map<String, Tensor> outputs) {
      double[] distances = new double[0];
      for (Map.Entry<String, Tensor> one : outputs.entrySet()) {
        double[] some = distances(batch, one.getKey(), one.getValue());
        distances = distances.length == 0 ? some : distances;
        for (int i = 0; distances != some && i < Math.min(some.length, distances.length); i++) {
          distances[i] += some[i];
        }
      }
      for (double d : distances) {
        double mean = d / power.size();
        total += mean;
        worst = Math.max(worst, Double.isNaN(mean) ? Double.POSITIVE_INFINITY : mean);
        samples++;
      }
    }

    double value() {
      double value =
          kind == PruneOptions.Distortion.WORST ? worst : samples == 0 ? 0 : total / samples;
      return Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
    }
  }

  private double[] distances(int batch, String name, Tensor output) {
    float[] wanted = reference.get(batch).getOrDefault(name, new float[0]);
    float[] have = output.toFloats();
    boolean[] real = realRows(batch, output);
    int samples = output.rank() == 0 ? 1 : Math.toIntExact(output.dims()[0]);
    int each = samples == 0 ? 0 : have.length / samples;
    int rows = samples == 0 || each == 0 ? 0 : rowsOfSample(output, each, real.length / samples);
    int width = rows == 0 ? 0 : each / rows;
    double unit = power.getOrDefault(name, 1.0);
    double[] distances = new double[samples];
    for (int s = 0; s < samples; s++) {
      double sum = 0;
      int count = 0;
      for (int r = s * rows; r < (s + 1) * rows; r++) {
        if (real.length == 0 || real[r]) {
          sum +=
              kind == PruneOptions.Distortion.ANGLE && width > 1 // a number has no angle
                  ? angle(wanted, have, r * width, width)
                  : square(wanted, have, r * width, width) / width / unit;
          count++;
        }
      }
      distances[s] = count == 0 ? 0 : sum / count;
    }
    return distances;
  }

  /** Masked rows; else the last axis of vectors and sequences; else the whole sample. */
  private static int rowsOfSample(Tensor output, int each, int masked) {
    int rank = output.rank();
    boolean vectors = rank == 2 || rank == 3;
    return masked > 0 ? masked : vectors ? (int) (each / output.dims()[rank - 1]) : 1;
  }

  private static double square(float[] wanted, float[] have, int from, int width) {
    double sum = 0;
    for (int i = from; i < from + width; i++) {
      double d = (double) wanted[i] - have[i];
      sum += d * d;
    }
    return sum;
  }

  private static double angle(float[] wanted, float[] have, int from, int width) {
    double product = 0;
    double w = 0;
    double h = 0;
    for (int i = from; i < from + width; i++) {
      product += (double) wanted[i] * have[i];
      w += (double) wanted[i] * wanted[i];
      h += (double) have[i] * have[i];
    }
    boolean opposite = product < 0;
    return w == 0 ? (h == 0 ? 0 : 1) : h == 0 || opposite ? 1 : 1 - product / w * (product / h);
  }

  /** For each row of the output whether it is real; empty where all are. */
  private boolean[] realRows(int batch, Tensor output) {
    Map<String, Tensor> fed = feeds.get(batch);
    Tensor mask = fed.get(MASK);
    Optional<RowMask> rows =
        RowMask.find(Optional.of(MASK), fed).filter(m -> m.covers(output.dims()));
    if (rows.isEmpty() || mask == null) {
      return new boolean[0];
    }
    float[] marks = mask.toFloats();
    boolean[] real = new boolean[marks.length];
    for (int i = 0; i < real.length; i++) {
      real[i] = marks[i] != 0;
    }
    return real;
  }

  private static Map<String, Tensor> counted(Map<String, Tensor> outputs) {
    Map<String, Tensor> floats = new LinkedHashMap<>(outputs);
    floats.values().removeIf(t -> t.type() != ElementType.FLOAT);
    Map<String, Tensor> own = new LinkedHashMap<>(floats);
    own.keySet().removeIf(n -> n.startsWith("present"));
    return own.isEmpty() ? floats : own;
  }
}
