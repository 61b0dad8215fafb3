package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a model's metadata claims, fact by fact, and whether it holds. */
record Verification(boolean holds, List<Fact> facts) {

  /** Outcome of one fact. */
  enum Result {
    MATCHES,
    DIFFERS,
    NOT_CHECKED
  }

  /** One recorded claim. */
  record Fact(String name, String recorded, Result result, String note) {}

  /**
   * Compares claims with what is known.
   *
   * @param parent hash of the file that is said to be the parent
   * @param recipe hash of the recipe that is said to have been used
   */
  static Verification of(
      Map<String, String> metadata,
      String version,
      Optional<String> parent,
      Optional<String> recipe) {
    if (metadata.keySet().stream().noneMatch(k -> k.startsWith("compressor."))) {
      throw new CompressorException(
          ErrorCode.MODEL,
          "metadata_props",
          "the model has no compressor.* metadata: it was not written by this toolkit",
          "compress it, or verify the file that compress wrote");
    }
    List<Fact> facts =
        List.of(
            hash(metadata, "compressor.parent.sha256", parent, "give --parent to compare"),
            hash(metadata, "compressor.recipe.sha256", recipe, "give the recipe to compare"),
            version(metadata, version),
            gate(metadata));
    return new Verification(facts.stream().noneMatch(f -> f.result() == Result.DIFFERS), facts);
  }

  private static Fact hash(
      Map<String, String> metadata, String key, Optional<String> found, String hint) {
    String recorded = metadata.getOrDefault(key, "");
    if (recorded.isEmpty()) {
      return new Fact(key, "missing", Result.DIFFERS, "every compressed model has it");
    }
    if (found.isEmpty()) {
      return new Fact(key, recorded, Result.NOT_CHECKED, hint);
    }
    return found.get().equals(recorded)
        ? new Fact(key, recorded, Result.MATCHES, "")
        : new Fact(key, recorded, Result.DIFFERS, "found " + found.get());
  }

  private static Fact version(Map<String, String> metadata, String version) {
    String key = "compressor.version";
    String recorded = metadata.getOrDefault(key, "missing");
    return recorded.equals(version)
        ? new Fact(key, recorded, Result.MATCHES, "")
        : new Fact(key, recorded, Result.NOT_CHECKED, "this is " + version);
  }

  private static Fact gate(Map<String, String> metadata) {
    String key = "compressor.gate";
    String recorded = metadata.getOrDefault(key, "none");
    return recorded.startsWith("failed")
        ? new Fact(key, recorded, Result.DIFFERS, "the model did not meet its gate")
        : new Fact(key, recorded, Result.NOT_CHECKED, "run 'compressor check' to repeat it");
  }
}
