package io.compressor.encoding;

/** What a choice of encodings is after (the recipe's {@code encoding: prefer}). */
public enum Preference {
  /** The fastest; of nearly equally fast ones the smallest. Never slower than float32. */
  SPEED,
  /** The smallest file; of equally small ones the fastest. */
  SIZE,
  /** As SPEED, standard ONNX operators only. */
  PORTABLE
}
