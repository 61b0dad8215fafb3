package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.recipe.RecipeSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which recipe, and what is changed in it. */
final class RecipeOptions {
  @Option(
      names = {"-r", "--recipe"},
      paramLabel = "FILE",
      description = "A recipe (YAML or JSON).")
  @Nullable Path file;

  @Option(
      names = {"-p", "--preset"},
      paramLabel = "NAME",
      description =
          "A recipe that ships with the toolkit: int8, balanced, small, tiny, bct,"
              + " prune-structured, low-rank, llm-w4, llm-w3.")
  @Nullable String preset;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a value: seed=3, quantize.bits=3, steps[0].bits=3. Repeatable.")
  List<String> set = new ArrayList<>();

  @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random.")
  @Nullable String seed;

  /** Whether a recipe is named at all. */
  boolean isGiven() {
    return file != null || preset != null;
  }

  /**
   * The recipe with the changes laid over it.
   *
   * @param fallback the preset when none is named
   */
  RecipeSource source(Optional<String> fallback) {
    if (file != null && preset != null) {
      throw new CompressorException(
          ErrorCode.USAGE, "--recipe, --preset", "both are given", "choose one");
    }
    RecipeSource source;
    if (file != null) {
      source = RecipeSource.file(file);
    } else {
      String name = preset != null ? preset : fallback.orElse("");
      if (name.isEmpty()) {
        throw new CompressorException(
            ErrorCode.USAGE, "--recipe", "no recipe is given", "--preset int8, or -r recipe.yaml");
      }
      source = RecipeSource.preset(name);
    }
    for (String assignment : set) {
      source = source.set(assignment);
    }
    return seed == null ? source : source.option("seed", List.of(seed), "--seed");
  }
}
