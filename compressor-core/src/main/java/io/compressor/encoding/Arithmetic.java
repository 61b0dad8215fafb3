package io.compressor.encoding;

/** How a site multiplies once it is written. */
public enum Arithmetic {
  /** float32 activations times weights restored to float32. */
  FLOAT,
  /** Activations are rounded to 8 bits while the model runs, weights are 8-bit integers. */
  DYNAMIC_INT8,
  /**
   * As DYNAMIC_INT8 with a scale for each row of the input: in a language model each token, one of
   * which may be thousands of times as large as the others.
   */
  TOKEN_INT8,
  /** 8-bit integers if the activations around the site are quantized too (QDQ), else float. */
  STATIC_INT8
}
