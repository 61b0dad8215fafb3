package io.compressor.formats.data;

import java.util.Locale;

/** The forms data comes in. */
public enum DataKind {
  /** A zip of NumPy arrays named like the model's inputs. */
  NPZ,
  /** One NumPy array for a model of one input. */
  NPY,
  /** Directory of ONNX {@code test_data_set_*} folders. */
  ONNX,
  /** Folder of pictures, or of class folders of pictures. */
  IMAGES,
  /** Lines, JSON lines or CSV, through a tokenizer. */
  TEXT,
  /** Folder of 16 kHz mono wav files, or of class folders of them. */
  AUDIO,
  /** Made-up numbers; only when asked for in writing. */
  RANDOM;

  /** The spelling in descriptors and reports. */
  public String spelling() {
    return name().toLowerCase(Locale.ROOT);
  }
}
