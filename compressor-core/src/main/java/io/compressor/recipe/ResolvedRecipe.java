package io.compressor.recipe;

import io.compressor.formats.file.ContentHash;
import java.util.List;

/**
 * A recipe with every default filled in and the origin of each value.
 *
 * @param values in canonical order
 */
public record ResolvedRecipe(Recipe recipe, List<ResolvedValue> values) {
  public ResolvedRecipe {
    values = List.copyOf(values);
  }

  /**
   * The canonical text: every value, in a fixed order. What the recipe does, not where files lie:
   * the {@code data} section is left out, so that the hash is the same on every machine.
   */
  public String toYaml() {
    return CanonicalYaml.write(values.stream().filter(v -> !v.path().startsWith("data.")).toList());
  }

  /** SHA-256 of {@link #toYaml()}, in lower-case hex. */
  public String sha256() {
    return ContentHash.of(toYaml());
  }
}
