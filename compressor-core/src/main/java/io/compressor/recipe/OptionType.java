package io.compressor.recipe;

import io.compressor.error.CompressorException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What an option accepts: how to read it, how to describe it. */
public sealed interface OptionType {

  /** For a person: {@code integer 2 to 8}. */
  String describe();

  /** Reads and checks one value; {@code key} is its path for messages. */
  OptionValue read(ConfigNode node, String key);

  /** An integer in a closed range. */
  record Whole(long min, long max) implements OptionType {
    @Override
    public String describe() {
      return "integer "
          + (max == Long.MAX_VALUE ? min == Long.MIN_VALUE ? "" : ">= " + min : min + " to " + max);
    }

    @Override
    public OptionValue read(ConfigNode node, String key) {
      String text = scalar(node, key, this).strip();
      try {
        long value = Long.parseLong(text);
        if (value >= min && value <= max) {
          return new OptionValue.Whole(value);
        }
      } catch (NumberFormatException e) {
        // falls through: the same message serves both
      }
      throw mismatch(node, key, this);
    }
  }

  /** A real number in a closed range; {@code 1%} reads as 0.01. */
  record Real(double min, double max) implements OptionType {
    @Override
    public String describe() {
      return "number or percentage, " + Limit.plain(min) + " to " + Limit.plain(max);
    }

    @Override
    public OptionValue read(ConfigNode node, String key) {
      String text = scalar(node, key, this).strip();
      return new OptionValue.Real(
          parse(text)
              .filter(v -> v >= min && v <= max)
              .orElseThrow(() -> mismatch(node, key, this)));
    }

    private static Optional<Double> parse(String text) {
      if (text.matches("[-+]?[0-9.]{1,20}%")) {
        return Limit.parse(text.replace("+", "")).map(Limit::value);
      }
      return text.matches("[-+]?[0-9]{0,15}\\.?[0-9]{1,20}(?:[eE][-+]?[0-9]{1,3})?")
          ? Optional.of(Double.parseDouble(text))
          : Optional.empty();
    }
  }

  /** true or false. */
  record Flag() implements OptionType {
    @Override
    public String describe() {
      return "true or false";
    }

    @Override
    public OptionValue read(ConfigNode node, String key) {
      String text = scalar(node, key, this);
      if (!text.equals("true") && !text.equals("false")) {
        throw mismatch(node, key, this);
      }
      return new OptionValue.Flag(text.equals("true"));
    }
  }

  /** One of a fixed list of words. */
  record Choice(List<String> values) implements OptionType {
    public Choice {
      values = List.copyOf(values);
    }

    @Override
    public String describe() {
      return String.join(" | ", values);
    }

    @Override
    public OptionValue read(ConfigNode node, String key) {
      String text = scalar(node, key, this);
      if (!values.contains(text)) {
        String hint =
            RecipeErrors.nearest(text, values).map(n -> "did you mean '" + n + "'?").orElse("");
        throw RecipeErrors.at(node.origin(), expected(key, this, node), hint);
      }
      return new OptionValue.Text(text);
    }
  }

  /**
   * Free text.
   *
   * @param meaning what it stands for, for a person
   */
  record Text(String meaning) implements OptionType {
    @Override
    public String describe() {
      return meaning;
    }

    @Override
    public OptionValue read(ConfigNode node, String key) {
      String text = scalar(node, key, this);
      if (text.isBlank()) {
        throw mismatch(node, key, this);
      }
      return new OptionValue.Text(text);
    }
  }

  /** A share of the original or an absolute amount in one of the units. */
  record Amount(Set<Limit.Unit> units) implements OptionType {
    public Amount {
      units = Set.copyOf(EnumSet.copyOf(units));
    }

    @Override
    public String describe() {
      return EnumSet.copyOf(units).stream()
          .map(
              u ->
                  switch (u) {
                    case FRACTION -> "percentage of the original (25%)";
                    case BYTES -> "size (20MB, 2GiB)";
                    case MILLIS -> "time (5ms)";
                  })
          .collect(Collectors.joining(" or "));
    }

    @Override
    public OptionValue read(ConfigNode node, String key) {
      Optional<Limit> limit = Limit.parse(scalar(node, key, this));
      return new OptionValue.Amount(
          limit
              .filter(l -> units.contains(l.unit()) && l.value() > 0)
              .orElseThrow(() -> mismatch(node, key, this)));
    }
  }

  /** A list; a single value counts as a list of one. */
  record Many(OptionType element) implements OptionType {
    @Override
    public String describe() {
      return "list of " + element.describe();
    }

    @Override
    public OptionValue read(ConfigNode node, String key) {
      if (!(node instanceof ConfigNode.Sequence list)) {
        return new OptionValue.Many(List.of(element.read(node, key)));
      }
      return new OptionValue.Many(
          list.items().stream().map(item -> element.read(item, key)).toList());
    }
  }

  /** A choice among the constants of an enum, spelled in lower case with dashes. */
  static Choice choice(Class<? extends Enum<?>> type) {
    return new Choice(Arrays.stream(type.getEnumConstants()).map(OptionType::spell).toList());
  }

  static String spell(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String scalar(ConfigNode node, String key, OptionType type) {
    if (node instanceof ConfigNode.Scalar scalar) {
      return scalar.text();
    }
    throw mismatch(node, key, type);
  }

  private static CompressorException mismatch(ConfigNode node, String key, OptionType type) {
    return RecipeErrors.at(node.origin(), expected(key, type, node), "");
  }

  private static String expected(String key, OptionType type, ConfigNode node) {
    return "%s is %s, expected %s".formatted(key, node.found(), type.describe());
  }
}
