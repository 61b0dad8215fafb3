package io.compressor.formats.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.compressor.error.CompressorException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The keys of one descriptor section. Every key is asked for once; {@link #finish} refuses the ones
 * that nobody asked for, so that a misspelt option cannot be lost.
 */
final class Keys {
  private final JsonNode node;
  private final String where;
  private final String path;
  private final Set<String> known = new LinkedHashSet<>();

  private Keys(JsonNode node, String where, String path) {
    this.node = node;
    this.where = where;
    this.path = path;
    if (!node.isObject()) {
      throw BadData.in(
          path.isEmpty() ? where : where + ":" + path,
          "found " + kind(node) + ", expected keys and values",
          "write 'key: value' lines");
    }
  }

  static Keys of(JsonNode node, String where) {
    return new Keys(node, where, "");
  }

  /** Place of a key for messages: {@code file:section.key}. */
  String at(String key) {
    return where + ":" + (path.isEmpty() ? key : path + "." + key);
  }

  Optional<Keys> child(String key) {
    return get(key).map(n -> new Keys(n, where, path.isEmpty() ? key : path + "." + key));
  }

  Optional<String> text(String key) {
    return get(key).map(n -> text(n, at(key)));
  }

  /** One text or a list of them. */
  List<String> texts(String key) {
    return list(key, this::text);
  }

  Optional<Boolean> flag(String key) {
    return get(key)
        .map(
            n -> {
              if (!n.isBoolean()) {
                throw wrong(n, at(key), "true or false");
              }
              return n.booleanValue();
            });
  }

  /** A whole number of at least 1. */
  OptionalInt count(String key) {
    return get(key).map(n -> OptionalInt.of(count(n, at(key)))).orElseGet(OptionalInt::empty);
  }

  List<Integer> counts(String key) {
    return list(key, this::count);
  }

  OptionalLong whole(String key) {
    return get(key)
        .map(
            n -> {
              if (!n.isIntegralNumber() || !n.canConvertToLong()) {
                throw wrong(n, at(key), "a whole number");
              }
              return OptionalLong.of(n.longValue());
            })
        .orElseGet(OptionalLong::empty);
  }

  OptionalDouble number(String key) {
    return get(key)
        .map(n -> OptionalDouble.of(number(n, at(key))))
        .orElseGet(OptionalDouble::empty);
  }

  /** One number or a list of them. */
  List<Double> numbers(String key) {
    return list(key, this::number);
  }

  <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
    return text(key)
        .map(
            t -> {
              for (E option : type.getEnumConstants()) {
                if (option.name().equalsIgnoreCase(t)) {
                  return option;
                }
              }
              throw BadData.in(
                  at(key),
                  "'" + t + "' is not a " + key,
                  "one of " + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT));
            });
  }

  Map<String, String> textMap(String key) {
    return map(key, this::text);
  }

  Map<String, Double> numberMap(String key) {
    return map(key, this::number);
  }

  Map<String, List<Integer>> countLists(String key) {
    return map(key, (n, at) -> elements(n, at, this::count));
  }

  /** Refuses keys that were never asked for. */
  void finish() {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw BadData.in(at(key), "unknown key '" + key + "'", "known keys: " + known);
              }
            });
  }

  private Optional<JsonNode> get(String key) {
    known.add(key);
    return Optional.ofNullable(node.get(key)).filter(n -> !n.isNull());
  }

  private <T> List<T> list(String key, Reader<T> reader) {
    return get(key).map(n -> elements(n, at(key), reader)).orElseGet(List::of);
  }

  private static <T> List<T> elements(JsonNode n, String at, Reader<T> reader) {
    if (!n.isArray()) {
      return List.of(reader.read(n, at));
    }
    List<T> out = new ArrayList<>();
    for (int i = 0; i < n.size(); i++) {
      out.add(reader.read(n.get(i), at + "[" + i + "]"));
    }
    return out;
  }

  private <T> Map<String, T> map(String key, Reader<T> reader) {
    Map<String, T> out = new LinkedHashMap<>();
    child(key)
        .ifPresent(
            section ->
                section
                    .node
                    .fieldNames()
                    .forEachRemaining(
                        k -> out.put(k, reader.read(section.node.get(k), section.at(k)))));
    return out;
  }

  private String text(JsonNode n, String at) {
    if (!n.isValueNode() || n.isNull()) {
      throw wrong(n, at, "a text");
    }
    return n.asText();
  }

  private int count(JsonNode n, String at) {
    if (!n.isIntegralNumber() || !n.canConvertToInt() || n.intValue() < 1) {
      throw wrong(n, at, "a whole number of at least 1");
    }
    return n.intValue();
  }

  private double number(JsonNode n, String at) {
    if (!n.isNumber() || !Double.isFinite(n.doubleValue())) {
      throw wrong(n, at, "a number");
    }
    return n.doubleValue();
  }

  private static CompressorException wrong(JsonNode n, String at, String expected) {
    return BadData.in(at, "found " + kind(n) + ", expected " + expected, "");
  }

  private static String kind(JsonNode n) {
    return n.isValueNode()
        ? "'" + n.asText() + "'"
        : n.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  /** Reads one value at a place. */
  private interface Reader<T> {
    T read(JsonNode node, String at);
  }
}
