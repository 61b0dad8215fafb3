package io.compressor.recipe;

import java.util.List;

/** What decides between encodings that hold the same weights. */
public enum EncodingPreference {
  /** The fastest on the site's real shapes; ties go to the smaller. */
  SPEED,
  /** The smallest file, even when it runs slower than the original. */
  SIZE,
  /** Only standard operators of opset 21, so that any runtime can read it. */
  PORTABLE;

  static final List<OptionSpec> OPTIONS =
      List.of(
          OptionSpec.choice(
              "prefer",
              SPEED,
              "What decides between encodings: fastest, smallest, or standard operators only.",
              ""));

  static EncodingPreference of(OptionValues v) {
    return v.choice("prefer", EncodingPreference.class);
  }
}
