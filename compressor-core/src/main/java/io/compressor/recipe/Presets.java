package io.compressor.recipe;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The recipes that ship with the toolkit. */
public final class Presets {

  /**
   * A shipped recipe.
   *
   * @param summary one sentence
   */
  public record Preset(String name, String summary) {

    /** Its YAML text. */
    public String text() {
      try (InputStream in = Presets.class.getResourceAsStream("presets/" + name + ".yaml")) {
        if (in == null) {
          throw new IllegalStateException("preset " + name + " is missing from the jar");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final List<Preset> ALL =
      List.of(
          new Preset("int8", "8-bit weights and int8 arithmetic wherever that is faster"),
          new Preset("balanced", "8 and 4 bits mixed, as small as a drop of 0.5% allows"),
          new Preset("small", "everything in 4 bits, embeddings too, computed in int8"),
          new Preset("tiny", "3-bit weights and 4-bit embeddings, GPTQ on calibration data"),
          new Preset("bct", "an eighth of the size without any data, embeddings and all"),
          new Preset(
              "prune-structured", "half of the multiplications: fewer channels, then learning"),
          new Preset(
              "low-rank", "half of the weights' parameters, as factors that learn without labels"),
          new Preset("llm-w4", "language models: RSQ in 4 bits, head and embeddings in 8"),
          new Preset("llm-w3", "language models: RSQ in 3 bits, head and embeddings in 8"),
          new Preset("binary", "one bit a weight, learnt on the data given"));

  private Presets() {}

  public static List<Preset> all() {
    return ALL;
  }

  public static List<String> names() {
    return ALL.stream().map(Preset::name).toList();
  }

  /**
   * The preset of this name.
   *
   * @throws CompressorException RECIPE listing the known ones
   */
  public static Preset find(String name) {
    return ALL.stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CompressorException(
                    ErrorCode.RECIPE,
                    "--preset",
                    "unknown preset '" + name + "'",
                    RecipeErrors.nearest(name, names())
                            .map(n -> "did you mean '" + n + "'? ")
                            .orElse("")
                        + "known: "
                        + String.join(", ", names())));
  }
}
