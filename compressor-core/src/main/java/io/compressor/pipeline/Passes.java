package io.compressor.pipeline;

import io.compressor.encoding.Preference;
import io.compressor.pass.Pass;
import io.compressor.pass.quantize.QuantizePass;
import io.compressor.recipe.EncodingPreference;
import io.compressor.recipe.PassOptions;
import io.compressor.recipe.QuantizeOptions;

/** The one list that turns options into passes. */
final class Passes {
  private Passes() {}

  static Pass of(PassOptions options, EncodingPreference preference, boolean hasData) {
    if (options instanceof QuantizeOptions quantize) {
      return new QuantizePass(quantize, Preference.valueOf(preference.name()), hasData);
    }
    throw new IllegalStateException("no pass for " + options.getClass().getSimpleName());
  }
}
