package io.compressor.recipe;

import io.compressor.error.CompressorException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The checked options of one section, defaults filled in, each with its origin. Getters trust the
 * specs: asking for an option under a type it does not have is a bug.
 */
public final class OptionValues {
  private final String path;
  private final Map<String, OptionValue> values;
  private final Map<String, Origin> origins;
  private final Map<String, OptionValue> defaults;

  private OptionValues(
      String path,
      Map<String, OptionValue> values,
      Map<String, Origin> origins,
      Map<String, OptionValue> defaults) {
    this.path = path;
    this.values = values;
    this.origins = origins;
    this.defaults = defaults;
  }

  /** Reads a section: unknown keys and bad values are errors, defaults fill the rest. */
  static OptionValues read(List<OptionSpec> specs, ConfigNode.Mapping section, String path) {
    return read(specs, List.of(), section, path);
  }

  /**
   * As above, where {@code nested} keys are known but read by somebody else.
   *
   * @param path of the section; empty for the root
   */
  static OptionValues read(
      List<OptionSpec> specs, List<String> nested, ConfigNode.Mapping section, String path) {
    List<String> known =
        Stream.concat(specs.stream().map(OptionSpec::name), nested.stream()).toList();
    section
        .entries()
        .forEach(
            (key, node) -> {
              if (!known.contains(key)) {
                throw RecipeErrors.unknown(
                    node.origin(), "key", key, path.isEmpty() ? "the recipe" : path, known);
              }
            });
    Map<String, OptionValue> values = new LinkedHashMap<>();
    Map<String, Origin> origins = new LinkedHashMap<>();
    Map<String, OptionValue> defaults = new LinkedHashMap<>();
    for (OptionSpec spec : specs) {
      spec.fallback().ifPresent(v -> defaults.put(spec.name(), v));
      ConfigNode node = section.entries().get(spec.name());
      if (node != null) {
        values.put(spec.name(), spec.type().read(node, join(path, spec.name())));
        origins.put(spec.name(), node.origin());
      } else if (spec.fallback().isPresent()) {
        values.put(spec.name(), spec.fallback().get());
        origins.put(spec.name(), Origin.DEFAULT);
      }
    }
    return new OptionValues(path, values, origins, defaults);
  }

  /** Every value that is set, in the order of the specs. */
  public Map<String, OptionValue> asMap() {
    return Collections.unmodifiableMap(values);
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /**
   * Whether somebody wrote a value other than the default. A default that is written out asks for
   * nothing: resolved recipes say every value.
   */
  public boolean isChosen(String name) {
    return has(name)
        && origin(name).kind() != Origin.Kind.DEFAULT
        && !get(name).equals(defaults.get(name));
  }

  public int whole(String name) {
    return Math.toIntExact(((OptionValue.Whole) get(name)).value());
  }

  public OptionalLong wholeIfSet(String name) {
    return has(name)
        ? OptionalLong.of(((OptionValue.Whole) get(name)).value())
        : OptionalLong.empty();
  }

  public double number(String name) {
    return ((OptionValue.Real) get(name)).value();
  }

  public OptionalDouble numberIfSet(String name) {
    return has(name) ? OptionalDouble.of(number(name)) : OptionalDouble.empty();
  }

  public boolean flag(String name) {
    return ((OptionValue.Flag) get(name)).value();
  }

  public Optional<String> textIfSet(String name) {
    return has(name) ? Optional.of(((OptionValue.Text) get(name)).value()) : Optional.empty();
  }

  public Optional<Limit> amountIfSet(String name) {
    return has(name) ? Optional.of(((OptionValue.Amount) get(name)).value()) : Optional.empty();
  }

  public <E extends Enum<E>> E choice(String name, Class<E> type) {
    String text = ((OptionValue.Text) get(name)).value();
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  public List<String> texts(String name) {
    return many(name).stream().map(v -> ((OptionValue.Text) v).value()).toList();
  }

  public List<Integer> wholes(String name) {
    return many(name).stream().map(v -> Math.toIntExact(((OptionValue.Whole) v).value())).toList();
  }

  public List<Double> numbers(String name) {
    return many(name).stream().map(v -> ((OptionValue.Real) v).value()).toList();
  }

  /** An error about the value of {@code name}, at the place where it was written. */
  public CompressorException reject(String name, String message, String hint) {
    Origin at = has(name) ? origin(name) : Origin.DEFAULT;
    String prefix = at.kind() == Origin.Kind.DEFAULT ? join(path, name) + ": " : "";
    return RecipeErrors.at(at, prefix + message, hint);
  }

  List<ResolvedValue> resolved() {
    List<ResolvedValue> all = new ArrayList<>();
    values.forEach((name, v) -> all.add(new ResolvedValue(join(path, name), v, origin(name))));
    return all;
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  Origin origin(String name) {
    return origins.getOrDefault(name, Origin.DEFAULT);
  }

  private List<OptionValue> many(String name) {
    return ((OptionValue.Many) get(name)).values();
  }

  private OptionValue get(String name) {
    OptionValue value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no option '" + name + "' in " + path);
    }
    return value;
  }
}
