package io.compressor.formats.data;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.compressor.error.CompressorException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** A Hugging Face tokenizer without padding, offline. Thread-safe until it is closed. */
public final class TextTokenizer implements AutoCloseable {
  private final Path path;
  private final HuggingFaceTokenizer tokenizer;

  private final int length;

  private TextTokenizer(Path path, HuggingFaceTokenizer tokenizer, int length) {
    this.path = path;
    this.tokenizer = tokenizer;
    this.length = length;
  }

  /** One sample's tokens. */
  record Tokens(long[] ids, long[] types, Extent extent) {}

  /** Whether all of the text is there. */
  enum Extent {
    WHOLE,
    TRUNCATED
  }

  /** Cuts texts to {@code length} tokens, keeping the special tokens at the end. */
  static TextTokenizer truncating(Path path, int length) {
    return open(path, builder(path).optTruncation(true).optMaxLength(length), length);
  }

  /**
   * Never cuts.
   *
   * @param path of a {@code tokenizer.json}
   * @throws CompressorException DATA when it is no tokenizer or this machine has no library for it
   */
  public static TextTokenizer whole(Path path) {
    return open(path, builder(path).optTruncation(false), Integer.MAX_VALUE);
  }

  private static HuggingFaceTokenizer.Builder builder(Path path) {
    stayOffline();
    return HuggingFaceTokenizer.builder().optTokenizerPath(path).optPadding(false);
  }

  /**
   * The library reports its use to a server and may download natives for GPUs unless told not to;
   * we use the CPU library inside the jar. What the user has set stays.
   */
  private static void stayOffline() {
    for (String[] setting :
        new String[][] {
          {"ai.djl.offline", "true"}, {"OPT_OUT_TRACKING", "true"}, {"RUST_FLAVOR", "cpu"}
        }) {
      if (System.getProperty(setting[0]) == null && System.getenv(setting[0]) == null) {
        System.setProperty(setting[0], setting[1]);
      }
    }
  }

  private static TextTokenizer open(Path path, HuggingFaceTokenizer.Builder builder, int length) {
    try {
      return new TextTokenizer(path, builder.build(), length);
    } catch (EngineException | LinkageError e) {
      throw BadData.in(
          path.toString(),
          "no tokenizer library for %s on %s"
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch")),
          "it needs glibc Linux, macOS on arm64 or Windows on x86_64, and a writable home folder (or"
              + " DJL_CACHE_DIR); elsewhere give token ids as .npz",
          e);
    } catch (IOException e) {
      throw BadData.unreadable(path, e);
    } catch (RuntimeException e) {
      throw BadData.in(
          path.toString(),
          "not a tokenizer: " + e.getMessage(),
          "give the tokenizer.json that belongs to the model",
          e);
    }
  }

  /** Each text alone, with special tokens. */
  List<Tokens> encode(List<String> texts) {
    return guarded(() -> tokens(tokenizer.batchEncode(texts, true, true)));
  }

  /** Two texts as one sample, with special tokens. */
  Tokens encode(String first, String second) {
    return guarded(() -> tokens(tokenizer.encode(first, second, true, true)));
  }

  /** Ids of a piece of running text, without special tokens. */
  public long[] stream(String text) {
    return guarded(() -> tokenizer.encode(text, false, false).getIds());
  }

  /** The text of ids; special tokens are left out. */
  public String text(long... ids) {
    return guarded(() -> tokenizer.decode(ids, true));
  }

  private <T> T guarded(Supplier<T> work) {
    try {
      return work.get();
    } catch (CompressorException e) {
      throw e;
    } catch (RuntimeException e) {
      throw BadData.in(
          path.toString(),
          "tokenizer failed: " + e.getMessage(),
          "is 'length' too short for its special tokens?",
          e);
    }
  }

  private List<Tokens> tokens(Encoding[] encodings) {
    return Arrays.stream(encodings).map(this::tokens).toList();
  }

  private Tokens tokens(Encoding encoding) {
    if (encoding.getIds().length > length) {
      throw BadData.in(
          path.toString(),
          "its special tokens alone are more than " + length + " tokens",
          "raise 'length'");
    }
    return new Tokens(
        encoding.getIds(),
        encoding.getTypeIds(),
        encoding.exceedMaxLength() ? Extent.TRUNCATED : Extent.WHOLE);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
