package io.compressor.recipe;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A recipe before it is resolved: a file or preset with assignments laid over it. Later layers win:
 * defaults, then file or preset, then {@code --set}, then options of their own. Immutable.
 */
public final class RecipeSource {
  private final ConfigNode tree;
  private final Optional<Path> folder;

  private RecipeSource(ConfigNode tree, Optional<Path> folder) {
    this.tree = tree;
    this.folder = folder;
  }

  /**
   * Reads a YAML or JSON file.
   *
   * @throws CompressorException RECIPE with file and line, or IO
   */
  public static RecipeSource file(Path file) {
    Origin origin = new Origin(Origin.Kind.FILE, file.toString());
    Optional<Path> folder = Optional.ofNullable(file.toAbsolutePath().getParent());
    return new RecipeSource(ConfigParser.parse(readText(file), origin), folder);
  }

  /** Text; {@code name} is what to call it in messages. */
  public static RecipeSource text(String text, String name) {
    return new RecipeSource(
        ConfigParser.parse(text, new Origin(Origin.Kind.FILE, name)), Optional.empty());
  }

  /** A recipe that ships with the toolkit. */
  public static RecipeSource preset(String name) {
    Origin origin = new Origin(Origin.Kind.PRESET, "preset " + name);
    return new RecipeSource(
        ConfigParser.parse(Presets.find(name).text(), origin), Optional.empty());
  }

  /**
   * Lays one assignment over the recipe, as {@code --set} does.
   *
   * @param assignment {@code steps[0].bits=3}, {@code quantize.bits=3} (every step of that pass) or
   *     {@code seed=3}; lists as {@code [8, 4]}
   */
  public RecipeSource set(String assignment) {
    Origin origin = new Origin(Origin.Kind.SET, "--set " + assignment);
    int equals = assignment.indexOf('=');
    if (equals < 1 || equals == assignment.length() - 1) {
      throw RecipeErrors.at(origin, "not of the form key=value", "--set quantize.bits=4");
    }
    String value = assignment.substring(equals + 1);
    ConfigNode node =
        value.startsWith("[")
            ? ConfigParser.parse(value, origin)
            : new ConfigNode.Scalar(value, origin);
    return with(assignment.substring(0, equals), node);
  }

  /**
   * Lays the value of a command-line option over the recipe.
   *
   * @param key path in the recipe
   * @param option as the user wrote it, for messages: {@code --seed}
   */
  public RecipeSource option(String key, List<String> values, String option) {
    Origin origin = new Origin(Origin.Kind.OPTION, option);
    List<ConfigNode> items =
        values.stream().map(v -> (ConfigNode) new ConfigNode.Scalar(v, origin)).toList();
    return with(key, items.size() == 1 ? items.get(0) : new ConfigNode.Sequence(items, origin));
  }

  /**
   * Checks everything and fills in defaults.
   *
   * @throws CompressorException RECIPE naming file and line, found and expected
   */
  public ResolvedRecipe resolve() {
    return new RecipeBinder(folder).bind(tree);
  }

  private RecipeSource with(String key, ConfigNode value) {
    return new RecipeSource(Assignment.apply(tree, key, value), folder);
  }

  private static String readText(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new CompressorException(
            ErrorCode.RECIPE, file.toString(), "is a folder, expected a recipe file", "");
      }
      if (Files.size(file) > 4L * ConfigParser.MAX_CHARACTERS) {
        throw new CompressorException(
            ErrorCode.RECIPE,
            file.toString(),
            "has " + Files.size(file) + " bytes, far too many for a recipe",
            "is this the right file?");
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new CompressorException(
          ErrorCode.RECIPE,
          file.toString(),
          "no such recipe file",
          "presets are chosen with --preset: " + String.join(", ", Presets.names()),
          e);
    } catch (MalformedInputException e) {
      throw new CompressorException(
          ErrorCode.RECIPE, file.toString(), "is not UTF-8 text", "is this the right file?", e);
    } catch (IOException e) {
      throw new CompressorException(
          ErrorCode.IO, file.toString(), "cannot be read: " + e.getMessage(), "", e);
    }
  }
}
