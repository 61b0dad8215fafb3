package io.compressor.evaluate;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * One output of a model for one batch, as rows of positions of a vector: [B,S,D] has S positions,
 * every other shape is one flat vector per sample.
 *
 * @param values row-major
 * @param width length of a vector
 * @param tokens what the batch says about positions
 */
record ModelOutput(
    String name, float[] values, long[] shape, int rows, int positions, int width, Tokens tokens) {

  /**
   * @param wanted name of the output, or empty for the first floating-point one
   * @throws CompressorException USAGE when there is no such output, MODEL when its first axis is
   *     not the sample
   */
  static ModelOutput pick(
      Map<String, Tensor> outputs, Optional<String> wanted, int batch, Tokens tokens) {
    Tensor tensor =
        wanted.isPresent()
            ? named(outputs, wanted.get())
            : outputs.values().stream()
                .filter(t -> t.type().isFloat())
                .findFirst()
                .orElseThrow(() -> noOutput("a floating-point output", outputs));
    long[] dims = tensor.dims();
    if (dims.length == 0 || dims[0] != batch) {
      throw new CompressorException(
          ErrorCode.MODEL,
          tensor.name(),
          "output has shape %s for a batch of %d: axis 0 is not the sample"
              .formatted(Arrays.toString(dims), batch),
          "name another output");
    }
    int positions = dims.length == 3 ? (int) dims[1] : 1;
    int width = (int) (tensor.elements() / Math.max(1, (long) batch * positions));
    return new ModelOutput(tensor.name(), tensor.toFloats(), dims, batch, positions, width, tokens);
  }

  private static Tensor named(Map<String, Tensor> outputs, String name) {
    Tensor tensor = outputs.get(name);
    if (tensor == null) {
      throw noOutput("output '" + name + "'", outputs);
    }
    return tensor;
  }

  private static CompressorException noOutput(String what, Map<String, Tensor> outputs) {
    return new CompressorException(
        ErrorCode.USAGE, "output", "the model has no " + what, "it has " + outputs.keySet());
  }

  long bytes() {
    return 4L * values.length;
  }

  /** Where the vector of a row and position starts in {@link #values}. */
  int offset(int row, int position) {
    return (row * positions + position) * width;
  }

  /** Whether a position is real and not padding. */
  boolean counts(int row, int position) {
    return positions == 1 || tokens.counts(row, position, positions);
  }

  /** Class scores of a sample, of which there has to be one vector of at least two. */
  int logits(String metric, int row) {
    if (positions != 1 || width < 2) {
      throw new CompressorException(
          ErrorCode.MODEL,
          name,
          "output has shape %s; %s needs [batch, classes]"
              .formatted(Arrays.toString(shape), metric),
          "name the output with the logits, or use probe-top1 for a model without a head");
    }
    return offset(row, 0);
  }

  /** Index of the largest of {@code width} values; the first of equals; -1 when one is NaN. */
  int argmax(int offset) {
    int best = 0;
    for (int i = 0; i < width; i++) {
      float v = values[offset + i];
      if (Float.isNaN(v)) {
        return -1;
      }
      if (v > values[offset + best]) {
        best = i;
      }
    }
    return best;
  }

  /** ln(Σ exp(values)) over one vector, computed about its largest value. */
  double logSumExp(int offset) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < width; i++) {
      max = Math.max(max, values[offset + i]);
    }
    if (Double.isInfinite(max) || Double.isNaN(max)) {
      return Double.NaN;
    }
    double sum = 0;
    for (int i = 0; i < width; i++) {
      sum += Math.exp(values[offset + i] - max);
    }
    return max + Math.log(sum);
  }
}
