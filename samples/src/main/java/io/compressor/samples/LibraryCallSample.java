package io.compressor.samples;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.formats.data.DataSource;
import io.compressor.pipeline.CompressionRequest;
import io.compressor.pipeline.CompressionResult;
import io.compressor.pipeline.Compressor;
import io.compressor.recipe.RecipeSource;
import io.compressor.recipe.ResolvedRecipe;
import java.nio.file.Path;
import java.util.List;

/**
 * The whole pipeline as one call: {@code LibraryCallSample IN.onnx OUT.onnx CALIB.npz DEV.npz}.
 *
 * <p>The development data needs an array {@code label}: the gate compares accuracies.
 */
public final class LibraryCallSample {
  private LibraryCallSample() {}

  /**
   * The smallest file that the preset int8 gives, if top-1 accuracy falls by half a point at most.
   */
  public static CompressionResult compress(
      Path in, Path out, Path calibration, Path evaluation, Progress progress) {
    ResolvedRecipe recipe =
        RecipeSource.preset("int8")
            .option("gates.metric", List.of("top1"), "sample")
            .option("gates.max-drop", List.of("0.5%"), "sample")
            // The default, speed, leaves weights in float32 whose int8 kernel is no faster here.
            .option("encoding.prefer", List.of("size"), "sample")
            .resolve();
    return Compressor.compress(
        CompressionRequest.of(in, out)
            .recipe(recipe)
            .calibration(DataSource.of(calibration).nearModel(in))
            .evaluation(DataSource.of(evaluation).nearModel(in))
            .observer(progress));
  }

  public static void main(String[] args) {
    if (args.length != 4) {
      System.err.println("usage: LibraryCallSample IN.onnx OUT.onnx CALIB.npz DEV.npz");
      return;
    }
    try {
      CompressionResult result =
          compress(
              Path.of(args[0]),
              Path.of(args[1]),
              Path.of(args[2]),
              Path.of(args[3]),
              new StageProgress(System.err));
      Verdicts.print(result.gate(), System.out);
      System.out.println(result.model());
    } catch (CompressorException e) {
      System.err.println(e.where() + ": " + e.getMessage());
      System.err.println(e.hint());
    }
  }
}
