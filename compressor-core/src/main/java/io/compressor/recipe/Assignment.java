package io.compressor.recipe;

import io.compressor.recipe.ConfigNode.Mapping;
import io.compressor.recipe.ConfigNode.Scalar;
import io.compressor.recipe.ConfigNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Puts one value into a recipe tree, by path. */
final class Assignment {
  private static final Pattern PATH =
      Pattern.compile("[a-z][a-z0-9-]*(\\[\\d{1,4}\\])?(\\.[a-z][a-z0-9-]*(\\[\\d{1,4}\\])?)*");
  private static final List<String> STEP_KEYS = List.of("pass", "match", "with");

  private Assignment() {}

  static ConfigNode apply(ConfigNode root, String path, ConfigNode value) {
    if (!PATH.matcher(path).matches()) {
      throw RecipeErrors.at(
          value.origin(),
          "'" + path + "' is not a path",
          "write seed=3, quantize.bits=3 or steps[0].bits=3");
    }
    List<String> keys = List.of(path.replace("[", ".[").split("\\."));
    if (PassCatalog.find(keys.get(0)).isPresent()) {
      return everyStep(root, keys, value);
    }
    if (keys.size() > 2 && keys.get(0).equals("steps") && !STEP_KEYS.contains(keys.get(2))) {
      List<String> longer = new ArrayList<>(keys);
      longer.add(2, "with");
      keys = longer;
    }
    return put(root, keys, value);
  }

  private static ConfigNode everyStep(ConfigNode root, List<String> keys, ConfigNode value) {
    String pass = keys.get(0);
    ConfigNode result = root;
    boolean found = false;
    List<ConfigNode> steps =
        root instanceof Mapping m && m.entries().get("steps") instanceof Sequence s
            ? s.items()
            : List.of();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Mapping step
          && step.entries().get("pass") instanceof Scalar name
          && name.text().equals(pass)) {
        String key = "steps[" + i + "]." + String.join(".", keys.subList(1, keys.size()));
        result = apply(result, key, value);
        found = true;
      }
    }
    if (!found) {
      throw RecipeErrors.at(value.origin(), "no step of the recipe is of pass '" + pass + "'", "");
    }
    return result;
  }

  private static ConfigNode put(ConfigNode node, List<String> keys, ConfigNode value) {
    if (keys.isEmpty()) {
      return value;
    }
    String key = keys.get(0);
    List<String> rest = keys.subList(1, keys.size());
    if (key.startsWith("[")) {
      return putItem(node, Integer.parseInt(key.substring(1, key.length() - 1)), rest, value);
    }
    if (!(node instanceof Mapping mapping)) {
      throw RecipeErrors.at(value.origin(), node.found() + " has no key '" + key + "'", "");
    }
    ConfigNode child = mapping.entries().getOrDefault(key, new Mapping(Map.of(), value.origin()));
    return mapping.with(key, put(child, rest, value));
  }

  private static ConfigNode putItem(
      ConfigNode node, int index, List<String> rest, ConfigNode value) {
    if (!(node instanceof Sequence list) || index >= list.items().size()) {
      int size = node instanceof Sequence list ? list.items().size() : 0;
      throw RecipeErrors.at(
          value.origin(), "no item [%d]: there are %d".formatted(index, size), "count from 0");
    }
    List<ConfigNode> items = new ArrayList<>(list.items());
    items.set(index, put(items.get(index), rest, value));
    return new Sequence(items, list.origin());
  }
}
