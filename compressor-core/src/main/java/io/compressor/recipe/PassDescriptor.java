package io.compressor.recipe;

import java.util.List;
import java.util.function.Function;

/**
 * A pass as recipes see it.
 *
 * @param summary one sentence
 * @param source the paper or code that the method follows
 * @param create builds the typed options; throws RECIPE when values contradict each other
 */
public record PassDescriptor(
    String name,
    String summary,
    String source,
    List<OptionSpec> options,
    Function<OptionValues, PassOptions> create) {
  public PassDescriptor {
    options = List.copyOf(options);
  }
}
