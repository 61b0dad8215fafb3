package io.compressor.demo;

/**
 * A definition of a noun and what kind of thing it defines.
 *
 * @param label index in {@link WordNetTask#CATEGORIES}
 */
public record Gloss(String text, int label) {
  /** As a line of JSON. */
  String toJson() {
    return "{\"text\": \""
        + text.replace("\\", "\\\\").replace("\"", "\\\"")
        + "\", \"label\": "
        + label
        + "}";
  }
}
