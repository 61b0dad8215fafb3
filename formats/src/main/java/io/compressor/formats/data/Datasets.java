package io.compressor.formats.data;

import io.compressor.error.CompressorException;
import io.compressor.ir.Value;
import java.util.List;
import java.util.stream.IntStream;

/** Opens data for a model. */
public final class Datasets {
  private Datasets() {}

  /**
   * Opens a source, checks it against the model and fills what may be filled.
   *
   * @param modelInputs the inputs a caller must feed ({@code graph.requiredInputs()}); they decide
   *     element types, what a tokenizer fills and what is missing
   * @throws CompressorException DATA naming file, array, found and expected
   */
  public static Dataset open(DataSource source, List<Value> modelInputs) {
    SampleSet samples = read(source, modelInputs);
    InputFiller filler =
        InputFiller.plan(
            source, modelInputs, samples.columns().keySet(), samples.columns().keySet());
    samples.labels().ifPresent(all -> Targets.check(all, source.origin() + ":label"));
    int[] rows = chosen(source, samples);
    samples.columns().values().forEach(c -> check(c, rows));
    return new ColumnDataset(source, modelInputs, samples, filler, rows);
  }

  private static SampleSet read(DataSource source, List<Value> inputs) {
    return switch (source.kind()) {
      case NPZ -> ArrayReader.npz(source, inputs);
      case NPY -> ArrayReader.npy(source, inputs);
      case TEXT -> TextReader.read(source, inputs);
      case IMAGES -> ImageFolder.read(source, inputs);
      case AUDIO -> AudioFolder.read(source, inputs);
      case ONNX -> TestDataFolder.read(source, inputs);
      case RANDOM -> RandomColumn.read(source, inputs);
    };
  }

  private static int[] chosen(DataSource source, SampleSet samples) {
    if (samples.pairs() && samples.rows() % 2 != 0) {
      throw BadData.in(
          source.origin(), samples.rows() + " samples cannot be pairs", "give an even number");
    }
    int width = samples.pairs() ? 2 : 1;
    int[] units = source.selection().choose(samples.rows() / width);
    if (units.length == 0) {
      throw BadData.in(
          source.origin(),
          "no samples" + source.selection().split().map(s -> " in split " + s.text()).orElse(""),
          "give at least one sample");
    }
    return IntStream.of(units).flatMap(u -> IntStream.range(u * width, (u + 1) * width)).toArray();
  }

  private static void check(Column column, int[] rows) {
    if (column instanceof ArrayColumn array) {
      array.check(rows);
    }
  }
}
