package io.compressor.recipe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.compressor.recipe.ConfigNode.Mapping;
import io.compressor.recipe.ConfigNode.Scalar;
import io.compressor.recipe.ConfigNode.Sequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * YAML or JSON text to a {@link ConfigNode} tree.
 *
 * <p>Hostile text fails cleanly: anchors and aliases are refused (so nothing can be multiplied),
 * depth and length are limited, a key may appear once, and only one document is read.
 */
final class ConfigParser {
  static final int MAX_CHARACTERS = 1 << 20;
  private static final int MAX_DEPTH = 16;

  private final JsonParser tokens;
  private final Origin source;

  private ConfigParser(JsonParser tokens, Origin source) {
    this.tokens = tokens;
    this.source = source;
  }

  static ConfigNode parse(String text, Origin source) {
    if (text.length() > MAX_CHARACTERS) {
      throw RecipeErrors.at(
          source,
          "recipe has %d characters, the limit is %d".formatted(text.length(), MAX_CHARACTERS),
          "is this the right file?");
    }
    JsonFactory factory = text.stripLeading().startsWith("{") ? new JsonFactory() : yaml();
    try (JsonParser tokens = factory.createParser(text)) {
      ConfigParser parser = new ConfigParser(tokens, source);
      if (tokens.nextToken() == null) {
        throw RecipeErrors.at(source, "the recipe is empty", "start with 'recipe: 1'");
      }
      ConfigNode root = parser.node(source.atLine(1), 0);
      if (tokens.nextToken() != null) {
        throw RecipeErrors.at(parser.here(), "text after the end", "a recipe is one document");
      }
      return root;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
      throw RecipeErrors.at(source.atLine(line), "not valid YAML: " + firstLine(e), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static YAMLFactory yaml() {
    return YAMLFactory.builder().build();
  }

  private ConfigNode node(Origin origin, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw RecipeErrors.at(here(), "nested deeper than " + MAX_DEPTH, "flatten the recipe");
    }
    refuseAnchors();
    JsonToken token = tokens.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return mapping(origin, depth);
    }
    if (token == JsonToken.START_ARRAY) {
      return sequence(origin, depth);
    }
    if (token == JsonToken.VALUE_NULL) {
      throw RecipeErrors.at(origin, "a key has no value", "give it one or delete the line");
    }
    return new Scalar(tokens.getText(), origin);
  }

  private Mapping mapping(Origin origin, int depth) throws IOException {
    Map<String, ConfigNode> entries = new LinkedHashMap<>();
    while (tokens.nextToken() != JsonToken.END_OBJECT) {
      String key = tokens.currentName();
      Origin at = here();
      tokens.nextToken();
      if (entries.put(key, node(at, depth + 1)) != null) {
        throw RecipeErrors.at(at, "key '" + key + "' appears twice", "keep one of them");
      }
    }
    return new Mapping(entries, origin);
  }

  private Sequence sequence(Origin origin, int depth) throws IOException {
    List<ConfigNode> items = new ArrayList<>();
    while (tokens.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(here(), depth + 1));
    }
    return new Sequence(items, origin);
  }

  private void refuseAnchors() throws IOException {
    if (tokens instanceof YAMLParser yaml
        && (yaml.isCurrentAlias() || yaml.getObjectId() != null)) {
      throw RecipeErrors.at(
          here(), "YAML anchors and aliases are not allowed in a recipe", "write the value out");
    }
  }

  private Origin here() {
    return source.atLine(Math.max(1, tokens.currentTokenLocation().getLineNr()));
  }

  private static String firstLine(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    return message == null
        ? e.getClass().getSimpleName().toLowerCase(Locale.ROOT)
        : message.lines().findFirst().orElse("").strip();
  }
}
