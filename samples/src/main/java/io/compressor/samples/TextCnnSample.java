package io.compressor.samples;

import io.compressor.demo.Gloss;
import io.compressor.demo.WordNetTask;
import io.compressor.engine.Progress;
import io.compressor.evaluate.RidgeProbe;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.onnx.OnnxWriter;
import io.compressor.formats.onnx.WriteOptions;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pipeline.CompressionRequest;
import io.compressor.pipeline.CompressionResult;
import io.compressor.pipeline.Compressor;
import io.compressor.recipe.RecipeSource;
import io.compressor.recipe.ResolvedRecipe;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A convolutional network in static int8: {@code TextCnnSample ARCHIVES FOLDER}.
 *
 * <p>The network tells from the characters of a WordNet definition which of eight kinds of thing it
 * defines. It is made here, in seconds and without gradients: filters are k-means centres of pieces
 * of the training texts ({@link CharFilters}), the last layer is a ridge regression ({@link
 * RidgeProbe}). That is a small model of real use, not the best one for the task. Training,
 * calibration and evaluation use different definitions.
 */
public final class TextCnnSample {
  private static final int[] WIDTHS = {4, 6};
  private static final int FILTERS = 384;
  private static final long SEED = 17;

  /** Definitions for each purpose and category, in the task's fixed order. */
  private static final int EVALUATION = 200;

  private static final int CALIBRATION = 16;

  /** Training definitions a category of a full run; the rarest category has 1746 to give. */
  static final int TRAINING = 1000;

  private static final int BATCH = 64;

  private TextCnnSample() {}

  /**
   * Makes the network, compresses and judges it.
   *
   * @param archives folder with the jar of the text
   * @param folder where everything is written
   * @param training definitions a category to learn from
   */
  public static CompressionResult compress(
      Path archives, Path folder, int training, Progress progress) throws IOException {
    Files.createDirectories(folder);
    WordNetTask task = WordNetTask.open(archives);
    Path evaluation = CharCodes.write(folder.resolve("evaluation.npz"), task.take(0, EVALUATION));
    Path calibration =
        CharCodes.write(folder.resolve("calibration.npz"), task.take(EVALUATION, CALIBRATION));
    Path model = folder.resolve("text-cnn.onnx");
    OnnxWriter.write(
        train(task.take(EVALUATION + CALIBRATION, training), progress), model, WriteOptions.auto());
    ResolvedRecipe recipe =
        RecipeSource.preset("int8")
            .option("gates.metric", List.of("top1"), "sample")
            .option("gates.max-drop", List.of("1%"), "sample")
            .resolve();
    return Compressor.compress(
        CompressionRequest.of(model, folder.resolve("text-cnn.int8.onnx"))
            .recipe(recipe)
            .calibration(DataSource.of(calibration))
            .evaluation(DataSource.of(evaluation))
            .reportDir(folder.resolve("report"))
            .force(true)
            .observer(progress));
  }

  private static Model train(List<Gloss> texts, Progress progress) {
    Map<Integer, float[][]> filters = new TreeMap<>();
    progress.begin("filters", WIDTHS.length);
    for (int width : WIDTHS) {
      filters.put(width, CharFilters.learn(texts, width, FILTERS, SEED + width));
      progress.advance(1);
    }
    int[] labels = texts.stream().mapToInt(Gloss::label).toArray();
    float[][] features = features(CharCnn.features(filters), texts, progress);
    progress.begin("head", 1);
    RidgeProbe head = RidgeProbe.train(features, labels, WordNetTask.CATEGORIES.size());
    return CharCnn.classifier(filters, head);
  }

  /** What the convolutions see in each text [n][filters]. */
  private static float[][] features(Model model, List<Gloss> texts, Progress progress) {
    progress.begin("features", texts.size());
    float[][] features = new float[texts.size()][WIDTHS.length * FILTERS];
    try (RuntimeSession session = RuntimeSession.open(model, SessionSettings.defaults())) {
      for (int from = 0; from < features.length; from += BATCH) {
        progress.checkCancelled();
        List<Gloss> batch = texts.subList(from, Math.min(features.length, from + BATCH));
        Tensor codes = CharCodes.tensor(CharCnn.INPUT, batch);
        Map<String, Tensor> outputs = session.run(Map.of(CharCnn.INPUT, codes));
        float[] values = outputs.values().iterator().next().toFloats();
        for (int i = 0; i < batch.size(); i++) {
          System.arraycopy(
              values, i * features[0].length, features[from + i], 0, features[0].length);
        }
        progress.advance(batch.size());
      }
    }
    return features;
  }

  public static void main(String[] args) throws IOException {
    Path archives = Path.of(args.length > 0 ? args[0] : "samples/target/demo");
    Path folder = Path.of(args.length > 1 ? args[1] : "samples/target/text-cnn");
    CompressionResult result = compress(archives, folder, TRAINING, new StageProgress(System.err));
    Findings.print(result.report(), System.out);
    Verdicts.print(result.gate(), System.out);
    System.out.println(folder.resolve("report").resolve("report.html"));
  }
}
