package io.compressor.evaluate;

import io.compressor.formats.data.Dataset;
import java.util.Optional;

/**
 * How to evaluate.
 *
 * @param output name of the output that metrics look at; empty for the first floating-point one
 * @param batch samples per run, unless the model or the data fixes the number. Models that quantize
 *     activations on the fly take one range per run, so their result depends on it a little
 * @param seed of resampling and of the probe's split
 * @param resamples of the bootstrap
 */
public record EvaluationOptions(Optional<String> output, int batch, long seed, int resamples) {
  public EvaluationOptions {
    if (batch < 1 || resamples < 1) {
      throw new IllegalArgumentException(
          "batch and resamples must be positive but were " + batch + " and " + resamples);
    }
  }

  /** First output, batches of 32, 2000 resamples. */
  public static EvaluationOptions defaults() {
    return new EvaluationOptions(Optional.empty(), 32, 17, 2000);
  }

  /**
   * The defaults, one sample a run where samples differ in length: padding and neighbours change
   * the ranges that a model quantizes its activations in, and a request comes alone.
   */
  public static EvaluationOptions suiting(Dataset data) {
    return data.length(0) >= 0 ? defaults().batch(1) : defaults();
  }

  public EvaluationOptions output(String name) {
    return new EvaluationOptions(Optional.of(name), batch, seed, resamples);
  }

  public EvaluationOptions batch(int samples) {
    return new EvaluationOptions(output, samples, seed, resamples);
  }

  public EvaluationOptions seed(long newSeed) {
    return new EvaluationOptions(output, batch, newSeed, resamples);
  }

  public EvaluationOptions resamples(int number) {
    return new EvaluationOptions(output, batch, seed, number);
  }
}
