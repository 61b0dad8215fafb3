package io.compressor.samples;

import io.compressor.demo.DemoData;
import io.compressor.engine.Progress;
import io.compressor.formats.data.DataSource;
import io.compressor.pipeline.CompressionRequest;
import io.compressor.pipeline.CompressionResult;
import io.compressor.pipeline.Compressor;
import io.compressor.recipe.RecipeSource;
import io.compressor.recipe.ResolvedRecipe;
import java.nio.file.Path;
import java.util.List;

/**
 * A real sentence encoder, all-MiniLM-L6-v2, in int8: {@code SentenceEncoderSample ARCHIVES
 * FOLDER}.
 *
 * <p>The encoder has no classifier, so quality is that of a linear probe: fitted once on the
 * original's embeddings of WordNet definitions, then applied to both models. The build puts the
 * archives with model and text into {@code samples/target/demo}.
 */
public final class SentenceEncoderSample {
  /** Enough definitions for an accuracy to mean something, few enough for a short run. */
  static final int SAMPLES = 800;

  private SentenceEncoderSample() {}

  /**
   * Compresses and judges.
   *
   * @param archives folder with the jars of model and text
   * @param folder where everything is written
   * @param samples labelled definitions to score, at most 1600
   */
  public static CompressionResult compress(
      Path archives, Path folder, int samples, Progress progress) {
    DemoData data = DemoData.prepare(archives, folder);
    ResolvedRecipe recipe =
        RecipeSource.preset("int8")
            .option("gates.metric", List.of("probe-top1"), "sample")
            .option("gates.max-drop", List.of("2%"), "sample")
            .resolve();
    return Compressor.compress(
        CompressionRequest.of(data.model(), folder.resolve("all-MiniLM-L6-v2.int8.onnx"))
            .recipe(recipe)
            .calibration(DataSource.of(data.calibration()).nearModel(data.model()))
            .evaluation(DataSource.of(data.evaluation()).nearModel(data.model()).limit(samples))
            .reportDir(folder.resolve("report"))
            .force(true)
            .observer(progress));
  }

  public static void main(String[] args) {
    Path archives = Path.of(args.length > 0 ? args[0] : "samples/target/demo");
    Path folder = Path.of(args.length > 1 ? args[1] : "samples/target/sentence-encoder");
    CompressionResult result = compress(archives, folder, SAMPLES, new StageProgress(System.err));
    Verdicts.print(result.gate(), System.out);
    System.out.println(folder.resolve("report").resolve("report.html"));
  }
}
