package io.compressor.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** JSON Schema (draft 2020-12) of recipes, generated from the option specs, so editors complete. */
public final class RecipeSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private RecipeSchema() {}

  /** The schema's text, pretty-printed, ending in a newline. */
  public static String text() {
    ObjectNode root = JSON.objectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "Compressor recipe");
    ObjectNode body = section(Recipe.OPTIONS);
    ObjectNode properties = (ObjectNode) body.get("properties");
    properties.set("data", section(DataRefs.OPTIONS));
    properties.set("steps", steps());
    properties.set("budget", section(Budget.OPTIONS));
    properties.set("gates", section(Gates.OPTIONS));
    properties.set("encoding", section(EncodingPreference.OPTIONS));
    root.setAll(body);
    root.set("required", JSON.arrayNode().add("recipe").add("steps"));
    ObjectNode match = section(Match.OPTIONS);
    ((ObjectNode) match.get("properties"))
        .set(Match.NOT, JSON.objectNode().put("$ref", "#/$defs/match"));
    root.set("$defs", JSON.objectNode().set("match", match));
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode steps() {
    ArrayNode passes = JSON.arrayNode();
    for (PassDescriptor pass : PassCatalog.all()) {
      ObjectNode properties = JSON.objectNode();
      properties.set("pass", JSON.objectNode().put("const", pass.name()));
      properties.set("match", JSON.objectNode().put("$ref", "#/$defs/match"));
      properties.set("with", section(pass.options()));
      ObjectNode step = JSON.objectNode().put("type", "object").put("description", pass.summary());
      step.set("properties", properties);
      step.set("required", JSON.arrayNode().add("pass"));
      passes.add(step.put("additionalProperties", false));
    }
    ObjectNode items = JSON.objectNode();
    items.set("oneOf", passes);
    ObjectNode steps = JSON.objectNode().put("type", "array");
    steps.set("items", items);
    return steps;
  }

  private static ObjectNode section(List<OptionSpec> specs) {
    ObjectNode properties = JSON.objectNode();
    for (OptionSpec spec : specs) {
      ObjectNode property = type(spec.type());
      property.put("description", spec.doc());
      spec.fallback().ifPresent(v -> fallback(property, v));
      properties.set(spec.name(), property);
    }
    ObjectNode node = JSON.objectNode().put("type", "object");
    node.set("properties", properties);
    return node.put("additionalProperties", false);
  }

  private static ObjectNode type(OptionType type) {
    ObjectNode node = JSON.objectNode();
    if (type instanceof OptionType.Whole t) {
      node.put("type", "integer");
      bound(t.min(), Long.MIN_VALUE).ifPresent(b -> node.put("minimum", b));
      bound(t.max(), Long.MAX_VALUE).ifPresent(b -> node.put("maximum", b));
    } else if (type instanceof OptionType.Real t) {
      ObjectNode number = JSON.objectNode().put("type", "number");
      number.put("minimum", t.min()).put("maximum", t.max());
      node.set("anyOf", JSON.arrayNode().add(number).add(pattern("^[0-9]+(\\.[0-9]+)?%$")));
    } else if (type instanceof OptionType.Flag) {
      node.put("type", "boolean");
    } else if (type instanceof OptionType.Choice t) {
      t.values().forEach(node.putArray("enum")::add);
    } else if (type instanceof OptionType.Text) {
      node.put("type", "string");
    } else if (type instanceof OptionType.Amount) {
      return pattern("^[0-9]+(\\.[0-9]+)?\\s*[a-zA-Zµ%]+$");
    } else if (type instanceof OptionType.Many t) {
      ObjectNode list = JSON.objectNode().put("type", "array");
      list.set("items", type(t.element()));
      node.set("anyOf", JSON.arrayNode().add(type(t.element())).add(list));
    }
    return node;
  }

  private static ObjectNode pattern(String regex) {
    return JSON.objectNode().put("type", "string").put("pattern", regex);
  }

  private static Optional<Long> bound(long value, long open) {
    return value == open ? Optional.empty() : Optional.of(value);
  }

  private static void fallback(ObjectNode property, OptionValue value) {
    if (value instanceof OptionValue.Whole v) {
      property.put("default", v.value());
    } else if (value instanceof OptionValue.Real v) {
      property.put("default", v.value());
    } else if (value instanceof OptionValue.Flag v) {
      property.put("default", v.value());
    } else if (value instanceof OptionValue.Text v) {
      property.put("default", v.value());
    } else if (value instanceof OptionValue.Many) {
      property.putArray("default");
    }
  }
}
