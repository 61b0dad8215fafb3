package io.compressor.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The data a recipe names; paths are relative to the recipe's folder. The command line wins. */
public record DataRefs(Optional<Path> calibration, Optional<Path> evaluation) {

  static final List<OptionSpec> OPTIONS =
      List.of(
          OptionSpec.optional(
              "calibration",
              new OptionType.Text("path"),
              "Data that statistics are taken from; relative to the recipe."),
          OptionSpec.optional(
              "evaluation",
              new OptionType.Text("path"),
              "Data that the result is judged on; relative to the recipe."));

  static DataRefs of(OptionValues v, Optional<Path> folder) {
    return new DataRefs(path(v, "calibration", folder), path(v, "evaluation", folder));
  }

  private static Optional<Path> path(OptionValues v, String name, Optional<Path> folder) {
    return v.textIfSet(name)
        .map(
            text -> {
              try {
                return folder.map(f -> f.resolve(text)).orElse(Path.of(text));
              } catch (java.nio.file.InvalidPathException e) {
                throw v.reject(name, "'" + text + "' is not a path", "");
              }
            });
  }
}
