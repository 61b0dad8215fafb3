package io.compressor.samples;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.TextOptions;
import io.compressor.formats.data.TextTokenizer;
import io.compressor.pipeline.CompressionRequest;
import io.compressor.pipeline.CompressionResult;
import io.compressor.pipeline.Compressor;
import io.compressor.recipe.RecipeSource;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A language model in 4 bits, and what it writes before and after: {@code TextGenerationSample
 * MODEL.onnx OUT.onnx TEXT.txt [PROMPT]}.
 *
 * <p>The model maps {@code input_ids} to logits, with or without {@code past_key_values}; its
 * {@code tokenizer.json} lies beside it. The text is what RSQ calibrates on.
 */
public final class TextGenerationSample {
  private static final String PROMPT = "The capital of France is";

  /** Enough tokens for the Hessians of a small model, few enough for a short run. */
  private static final int WINDOWS = 64;

  private static final int WINDOW = 256;
  private static final int NEW_TOKENS = 24;

  private TextGenerationSample() {}

  /** How much text a model is calibrated on: windows of so many tokens. */
  record Calibration(int windows, int length) {}

  /** Both continuations of one prompt. */
  record Written(Spoken before, Spoken after) {}

  /** What one model writes. */
  record Spoken(String text, double tokensPerSecond, long bytes) {}

  /** 4-bit weights by the preset {@code llm-w4}. */
  static CompressionResult compress(
      Path model, Path out, Path text, Calibration calibration, Progress progress) {
    DataSource data =
        DataSource.of(text)
            .withText(
                new TextOptions(
                    Optional.of(tokenizer(model)),
                    OptionalInt.of(calibration.length()),
                    OptionalInt.empty(),
                    Optional.of(true),
                    OptionalLong.empty()))
            .limit(calibration.windows());
    return Compressor.compress(
        CompressionRequest.of(model, out)
            .recipe(RecipeSource.preset("llm-w4").resolve())
            .calibration(data)
            .observer(progress));
  }

  /** Lets both models go on from the prompt. */
  static Written write(Path model, CompressionResult result, String prompt, int tokens) {
    var output = result.report().output();
    if (output == null) {
      throw new IllegalStateException("a finished run has an output");
    }
    try (TextTokenizer tokenizer = TextTokenizer.whole(tokenizer(model))) {
      return new Written(
          speak(model, tokenizer, prompt, tokens, result.report().model().bytes()),
          speak(result.model(), tokenizer, prompt, tokens, output.bytes()));
    }
  }

  public static void main(String[] args) {
    if (args.length < 3 || args.length > 4) {
      System.err.println("usage: TextGenerationSample MODEL.onnx OUT.onnx TEXT.txt [PROMPT]");
      return;
    }
    Path model = Path.of(args[0]);
    try {
      CompressionResult result =
          compress(
              model,
              Path.of(args[1]),
              Path.of(args[2]),
              new Calibration(WINDOWS, WINDOW),
              new StageProgress(System.err));
      Written written = write(model, result, args.length > 3 ? args[3] : PROMPT, NEW_TOKENS);
      print("before", written.before(), System.out);
      print("after", written.after(), System.out);
    } catch (CompressorException e) {
      System.err.println(e.where() + ": " + e.getMessage());
      System.err.println(e.hint());
    }
  }

  static void print(String which, Spoken spoken, PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%s: %d bytes, %.1f tokens/s%n  %s%n",
        which,
        spoken.bytes(),
        spoken.tokensPerSecond(),
        spoken.text());
  }

  private static Spoken speak(
      Path model, TextTokenizer tokenizer, String prompt, int tokens, long bytes) {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
    long[] ids = tokenizer.stream(prompt);
    try (GreedyDecoder decoder = GreedyDecoder.open(model, threads)) {
      decoder.generate(ids, 1); // the first run allocates
      GreedyDecoder.Continuation continuation = decoder.generate(ids, tokens);
      return new Spoken(
          prompt + tokenizer.text(continuation.ids()), continuation.tokensPerSecond(), bytes);
    }
  }

  private static Path tokenizer(Path model) {
    Path path = model.toAbsolutePath().resolveSibling("tokenizer.json");
    if (!java.nio.file.Files.isRegularFile(path)) {
      throw new CompressorException(
          ErrorCode.IO, path.toString(), "there is no such file", "put it beside the model");
    }
    return path;
  }
}
