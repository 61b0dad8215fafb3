package io.compressor.recipe;

import io.compressor.error.CompressorException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What to do to a model.
 *
 * @param version of the recipe language; 1
 * @param seed of everything that draws numbers, together with the site's name
 * @param skipBadSites whether weights whose inputs were never finite on the calibration data are
 *     left alone instead of stopping the run
 * @param steps in the order they run; none = a faithful copy
 */
public record Recipe(
    int version,
    long seed,
    boolean skipBadSites,
    Optional<DataRefs> data,
    List<Step> steps,
    Budget budget,
    Gates gates,
    EncodingPreference encoding) {

  /** The version that this toolkit reads. */
  public static final int VERSION = 1;

  /** The seed when none is given. */
  public static final long DEFAULT_SEED = 17;

  static final List<String> SECTIONS = List.of("data", "steps", "budget", "gates", "encoding");

  static final List<OptionSpec> OPTIONS =
      List.of(
          OptionSpec.optional(
              "recipe", new OptionType.Whole(VERSION, VERSION), "Version of the recipe language."),
          OptionSpec.whole(
              "seed",
              Long.MIN_VALUE,
              Long.MAX_VALUE,
              DEFAULT_SEED,
              "Seed of everything random.",
              ""),
          OptionSpec.flag(
              "skip-bad-sites",
              false,
              "Leave weights alone whose inputs were never finite on the calibration data, instead of"
                  + " stopping.",
              ""));

  public Recipe {
    steps = List.copyOf(steps);
  }

  /**
   * Reads a YAML or JSON file.
   *
   * @throws CompressorException RECIPE with file and line, or IO
   */
  public static Recipe load(Path file) {
    return RecipeSource.file(file).resolve().recipe();
  }

  /**
   * A recipe that ships with the toolkit.
   *
   * @throws CompressorException RECIPE when there is none of that name
   */
  public static Recipe preset(String name) {
    return RecipeSource.preset(name).resolve().recipe();
  }

  /**
   * Reads YAML or JSON text.
   *
   * @param sourceName what to call it in messages
   */
  public static Recipe parse(String text, String sourceName) {
    return RecipeSource.text(text, sourceName).resolve().recipe();
  }

  /** A recipe of steps alone. */
  public static Recipe of(Step... steps) {
    return new Recipe(
        VERSION,
        DEFAULT_SEED,
        false,
        Optional.empty(),
        List.of(steps),
        Budget.NONE,
        Gates.NONE,
        EncodingPreference.SPEED);
  }
}
