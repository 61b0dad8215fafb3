package io.compressor.formats.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How variable-length data is cut. Text counts tokens, audio counts frames.
 *
 * @param tokenizer a Hugging Face {@code tokenizer.json}; empty looks beside the data and the model
 * @param length longest sample, special tokens included; longer ones are truncated, or cut into
 *     windows
 * @param stride step from window to window; the window length when empty
 * @param windows whether everything is read as one stream and cut into windows; empty means yes
 *     when a stride is given or the model is a decoder with a cache
 * @param pad id of the padding token; empty asks the tokenizer, else 0
 */
public record TextOptions(
    Optional<Path> tokenizer,
    OptionalInt length,
    OptionalInt stride,
    Optional<Boolean> windows,
    OptionalLong pad) {
  /** Nothing said. */
  public static TextOptions standard() {
    return new TextOptions(
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        OptionalLong.empty());
  }

  /** The same with this tokenizer. */
  public TextOptions withTokenizer(Path path) {
    return new TextOptions(Optional.of(path), length, stride, windows, pad);
  }

  /** The same with this longest sample. */
  public TextOptions withLength(int tokens) {
    return new TextOptions(tokenizer, OptionalInt.of(tokens), stride, windows, pad);
  }
}
