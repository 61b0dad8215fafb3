package io.compressor.recipe;

import io.compressor.recipe.ConfigNode.Mapping;
import io.compressor.recipe.ConfigNode.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From a tree to records: checks every key and value, fills defaults, remembers origins. */
final class RecipeBinder {
  private static final List<OptionSpec> STEP =
      List.of(OptionSpec.optional("pass", new OptionType.Text("name of a pass"), "What to do."));

  private final Optional<Path> folder;
  private final List<ResolvedValue> resolved = new ArrayList<>();

  /**
   * @param folder that relative data paths start from
   */
  RecipeBinder(Optional<Path> folder) {
    this.folder = folder;
  }

  ResolvedRecipe bind(ConfigNode tree) {
    Mapping root = mapping(tree, "the recipe");
    OptionValues top = read(Recipe.OPTIONS, Recipe.SECTIONS, root, "");
    if (!top.has("recipe")) {
      throw RecipeErrors.at(root.origin(), "no recipe version", "start with 'recipe: 1'");
    }
    Optional<DataRefs> data =
        section(root, "data").map(m -> DataRefs.of(read(DataRefs.OPTIONS, m, "data"), folder));
    List<Step> steps = steps(root);
    Budget budget = Budget.of(read(Budget.OPTIONS, orEmpty(root, "budget"), "budget"));
    Gates gates = Gates.of(read(Gates.OPTIONS, orEmpty(root, "gates"), "gates"));
    EncodingPreference encoding =
        EncodingPreference.of(
            read(EncodingPreference.OPTIONS, orEmpty(root, "encoding"), "encoding"));
    Recipe recipe =
        new Recipe(
            top.whole("recipe"),
            top.wholeIfSet("seed").orElse(Recipe.DEFAULT_SEED),
            top.flag("skip-bad-sites"),
            data,
            steps,
            budget,
            gates,
            encoding);
    return new ResolvedRecipe(recipe, resolved);
  }

  private List<Step> steps(Mapping root) {
    ConfigNode node = root.entries().get("steps");
    if (node == null) {
      throw RecipeErrors.at(
          root.origin(), "no steps", "add 'steps:'; an empty list, 'steps: []', copies the model");
    }
    if (!(node instanceof Sequence list)) {
      throw RecipeErrors.at(
          node.origin(), "steps is " + node.found() + ", expected a list", "- pass: quantize");
    }
    List<Step> steps = new ArrayList<>();
    for (ConfigNode item : list.items()) {
      String path = "steps[" + steps.size() + "]";
      steps.add(step(mapping(item, path), path));
    }
    return steps;
  }

  private Step step(Mapping node, String path) {
    OptionValues v = read(STEP, List.of("match", "with"), node, path);
    String name =
        v.textIfSet("pass")
            .orElseThrow(
                () ->
                    RecipeErrors.at(
                        node.origin(),
                        path + " names no pass",
                        "known: " + String.join(", ", PassCatalog.names())));
    PassDescriptor pass =
        PassCatalog.find(name)
            .orElseThrow(
                () ->
                    RecipeErrors.unknown(
                        v.origin("pass"), "pass", name, path, PassCatalog.names()));
    Match match = match(orEmpty(node, "match"), path + ".match");
    OptionValues with = read(pass.options(), orEmpty(node, "with"), path + ".with");
    return new Step(name, match, pass.create().apply(with));
  }

  private Match match(Mapping node, String path) {
    OptionValues v = read(Match.OPTIONS, List.of(Match.NOT), node, path);
    return Match.of(v, section(node, Match.NOT).map(inner -> match(inner, path + "." + Match.NOT)));
  }

  private OptionValues read(List<OptionSpec> specs, Mapping node, String path) {
    return read(specs, List.of(), node, path);
  }

  private OptionValues read(
      List<OptionSpec> specs, List<String> nested, Mapping node, String path) {
    OptionValues values = OptionValues.read(specs, nested, node, path);
    resolved.addAll(values.resolved());
    return values;
  }

  private static Optional<Mapping> section(Mapping parent, String key) {
    return Optional.ofNullable(parent.entries().get(key)).map(node -> mapping(node, key));
  }

  private static Mapping orEmpty(Mapping parent, String key) {
    return section(parent, key).orElse(new Mapping(Map.of(), Origin.DEFAULT));
  }

  private static Mapping mapping(ConfigNode node, String key) {
    if (node instanceof Mapping mapping) {
      return mapping;
    }
    throw RecipeErrors.at(
        node.origin(), key + " is " + node.found() + ", expected a mapping", "key: value");
  }
}
