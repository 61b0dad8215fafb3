package io.compressor.pass.jlcm;

/** Which codeword each weight takes, and how that moves. Parts may come from several threads. */
interface CodeChoice {
  /**
   * Moves the choices of one part and writes them to {@code codes}.
   *
   * @param gradients of the loss by the weights' levels, part from {@code from}
   * @param table ascending codewords
   */
  void move(
      byte[] codes, float[] table, float[] gradients, int from, int count, double rate, int step);
}
