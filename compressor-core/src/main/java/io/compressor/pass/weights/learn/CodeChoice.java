package io.compressor.pass.weights.learn;

import io.compressor.recipe.JlcmOptions;
import java.nio.Buffer;
import java.util.List;

/** Which codeword each weight takes, and how that moves. Parts may come from several threads. */
public interface CodeChoice {
  /** Makes the choices of one weight. */
  @FunctionalInterface
  interface Factory {
    /**
     * @param wanted levels that the original weights ask for, [elements]
     * @param codes where to begin
     * @param table ascending codewords
     */
    CodeChoice of(float[] wanted, byte[] codes, float[] table);
  }

  /** A latent level a weight that follows the sign of its gradient, from its code's cell. */
  static Factory latent() {
    return LatentChoice::new;
  }

  /**
   * As {@link #latent}, from the codeword itself: for choices that make up for each other, as
   * GPTQ's do, and are not to fall back to the nearest codewords at the first steps.
   */
  static Factory centred() {
    return (wanted, codes, table) -> LatentChoice.centred(codes, table);
  }

  /** Logits of all codewords. */
  static Factory logits(JlcmOptions.Gradient kind) {
    return (wanted, codes, table) -> new LogitChoice(kind, codes, table.length);
  }

  /** What it remembers besides the codes, see {@link io.compressor.train.Optimizer#state()}. */
  default List<Buffer> state() {
    return List.of();
  }

  /**
   * Moves the choices of one part and writes them to {@code codes}.
   *
   * @param gradients of the loss by the weights' levels, part from {@code from}
   * @param table ascending codewords
   */
  void move(
      byte[] codes, float[] table, float[] gradients, int from, int count, double rate, int step);
}
