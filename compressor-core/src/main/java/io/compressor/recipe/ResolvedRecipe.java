package io.compressor.recipe;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
    try {
      byte[] text = toYaml().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
