package io.compressor.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Text parsed but not yet understood; every part knows where it was written. */
sealed interface ConfigNode {
  Origin origin();

  /** What to call it in a message. */
  String found();

  record Scalar(String text, Origin origin) implements ConfigNode {
    @Override
    public String found() {
      return "'" + text + "'";
    }
  }

  record Sequence(List<ConfigNode> items, Origin origin) implements ConfigNode {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String found() {
      return "a list";
    }
  }

  /** Keys in file order; a child carries the line of its key. */
  record Mapping(Map<String, ConfigNode> entries, Origin origin) implements ConfigNode {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    @Override
    public String found() {
      return "a mapping";
    }

    Mapping with(String key, ConfigNode value) {
      Map<String, ConfigNode> more = new LinkedHashMap<>(entries);
      more.put(key, value);
      return new Mapping(more, origin);
    }
  }
}
