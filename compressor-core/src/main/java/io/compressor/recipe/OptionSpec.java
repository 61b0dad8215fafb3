package io.compressor.recipe;

import java.util.Optional;

/**
 * One option, described once; parsing, help, documentation and schema are derived from it.
 *
 * @param fallback the value when nothing is written; empty when absence means something
 * @param doc one sentence
 * @param source where the default comes from: a paper's section, or why we chose it
 */
public record OptionSpec(
    String name, OptionType type, Optional<OptionValue> fallback, String doc, String source) {

  static OptionSpec whole(
      String name, long min, long max, long fallback, String doc, String source) {
    return new OptionSpec(
        name,
        new OptionType.Whole(min, max),
        Optional.of(new OptionValue.Whole(fallback)),
        doc,
        source);
  }

  static OptionSpec number(
      String name, double min, double max, double fallback, String doc, String source) {
    return new OptionSpec(
        name,
        new OptionType.Real(min, max),
        Optional.of(new OptionValue.Real(fallback)),
        doc,
        source);
  }

  static OptionSpec flag(String name, boolean fallback, String doc, String source) {
    return new OptionSpec(
        name, new OptionType.Flag(), Optional.of(new OptionValue.Flag(fallback)), doc, source);
  }

  static <E extends Enum<E>> OptionSpec choice(String name, E fallback, String doc, String source) {
    return new OptionSpec(
        name,
        OptionType.choice(fallback.getDeclaringClass()),
        Optional.of(new OptionValue.Text(OptionType.spell(fallback))),
        doc,
        source);
  }

  /** An option whose absence means something. */
  static OptionSpec optional(String name, OptionType type, String doc) {
    return new OptionSpec(name, type, Optional.empty(), doc, "");
  }

  /** A list that is empty unless given. */
  static OptionSpec list(String name, OptionType element, String doc) {
    return new OptionSpec(
        name,
        new OptionType.Many(element),
        Optional.of(new OptionValue.Many(java.util.List.of())),
        doc,
        "");
  }
}
