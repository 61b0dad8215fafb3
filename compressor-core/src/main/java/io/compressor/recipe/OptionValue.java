package io.compressor.recipe;

import java.util.List;
import java.util.stream.Collectors;

/** A checked value of an option; {@code toString} is its canonical YAML form. */
public sealed interface OptionValue {

  record Whole(long value) implements OptionValue {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  record Real(double value) implements OptionValue {
    @Override
    public String toString() {
      return Limit.plain(value);
    }
  }

  record Flag(boolean value) implements OptionValue {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /** A choice or free text. */
  record Text(String value) implements OptionValue {
    @Override
    public String toString() {
      return value.matches("[A-Za-z][A-Za-z0-9_./-]*")
              && !value.matches("(?i)true|false|null|yes|no|on|off|y|n")
          ? value
          : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
  }

  record Amount(Limit value) implements OptionValue {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  record Many(List<OptionValue> values) implements OptionValue {
    public Many {
      values = List.copyOf(values);
    }

    @Override
    public String toString() {
      return values.stream().map(OptionValue::toString).collect(Collectors.joining(", ", "[", "]"));
    }
  }
}
