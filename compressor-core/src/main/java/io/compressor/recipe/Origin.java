package io.compressor.recipe;

/**
 * Where a value came from.
 *
 * @param text for a person: {@code recipe.yaml:7}, {@code preset int8}, {@code --set bits=3}
 */
public record Origin(Kind kind, String text) {

  /** Later kinds win over earlier ones. */
  public enum Kind {
    /** The option's own default. */
    DEFAULT,
    /** A recipe that ships with the toolkit. */
    PRESET,
    /** A recipe file. */
    FILE,
    /** A {@code --set} assignment. */
    SET,
    /** A command-line option of its own, such as {@code --seed}. */
    OPTION
  }

  static final Origin DEFAULT = new Origin(Kind.DEFAULT, "default");

  /** The same file at a line, where lines mean something. */
  Origin atLine(int line) {
    return kind == Kind.FILE || kind == Kind.PRESET ? new Origin(kind, text + ":" + line) : this;
  }

  @Override
  public String toString() {
    return text;
  }
}
