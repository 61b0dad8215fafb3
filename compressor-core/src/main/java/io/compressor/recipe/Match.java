package io.compressor.recipe;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which sites a step acts on: all conditions hold, and {@code not} does not. Empty lists ask for
 * nothing.
 *
 * @param ops operator types, any of which fits
 * @param names patterns, any of which fits
 */
public record Match(
    List<String> ops,
    List<NamePattern> names,
    OptionalLong minElements,
    OptionalLong maxElements,
    Optional<Match> not) {

  /** Every site. */
  public static final Match ALL =
      new Match(List.of(), List.of(), OptionalLong.empty(), OptionalLong.empty(), Optional.empty());

  static final String NOT = "not";

  static final List<OptionSpec> OPTIONS =
      List.of(
          OptionSpec.list(
              "op",
              new OptionType.Choice(List.of("MatMul", "Gemm", "Conv", "Gather")),
              "Operator types, any of which fits; none given = all."),
          OptionSpec.list(
              "name",
              new OptionType.Text("a glob, or a regular expression after re:"),
              "Patterns of weight names, any of which fits; none given = all."),
          OptionSpec.optional(
              "min-elements",
              new OptionType.Whole(0, Long.MAX_VALUE),
              "Only weights with at least this many elements."),
          OptionSpec.optional(
              "max-elements",
              new OptionType.Whole(0, Long.MAX_VALUE),
              "Only weights with at most this many elements."));

  public Match {
    ops = List.copyOf(ops);
    names = List.copyOf(names);
  }

  /** Whether a weight of {@code elements} elements, read by a node of {@code opType}, is meant. */
  public boolean matches(String opType, String name, long elements) {
    return (ops.isEmpty() || ops.contains(opType))
        && (names.isEmpty() || names.stream().anyMatch(p -> p.matches(name)))
        && elements >= minElements.orElse(0)
        && elements <= maxElements.orElse(Long.MAX_VALUE)
        && not.map(n -> !n.matches(opType, name, elements)).orElse(true);
  }

  static Match of(OptionValues v, Optional<Match> not) {
    if (v.wholeIfSet("min-elements").orElse(0)
        > v.wholeIfSet("max-elements").orElse(Long.MAX_VALUE)) {
      throw v.reject("min-elements", "min-elements is above max-elements: nothing can match", "");
    }
    return new Match(
        v.texts("op"),
        v.texts("name").stream().map(text -> NamePattern.of(text, v.origin("name"))).toList(),
        v.wholeIfSet("min-elements"),
        v.wholeIfSet("max-elements"),
        not);
  }
}
