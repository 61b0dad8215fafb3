package io.compressor.pipeline;

import io.compressor.engine.Progress;
import io.compressor.formats.data.DataSource;
import io.compressor.formats.data.Dataset;
import io.compressor.recipe.RecipeSource;
import io.compressor.recipe.ResolvedRecipe;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * One model to compress: what, how, on which data, and where the results go. Immutable; each method
 * returns a changed copy.
 *
 * @param output where the compressed model goes; never the input
 * @param recipe what to do
 * @param calibration data that statistics are taken from; never scored
 * @param evaluation data that the emitted file is scored on; the calibration data is never used for
 *     it
 * @param reportDir folder for report.json, report.html, report.md and junit.xml
 * @param workspace folder for solved sites and measured kernels: a run that was stopped goes on
 *     there; of one model, calibration data, recipe and version only
 * @param threads workers and ONNX Runtime threads; never changes the result
 * @param memory bytes that the process may hold: what would need more is left out or done with less
 *     (the two models are not timed beside each other, weights are not packed a second time); never
 *     changes the model. The heap itself is limited by {@code -Xmx}
 * @param externalData write weights to {@code <output>.data} even below 2 GB
 * @param force overwrite an existing output
 * @param strict whether evaluation data too small to show the drop that is allowed is an error
 * @param command what the report prints under "how to reproduce"; empty for library calls
 */
public record CompressionRequest(
    Path input,
    Path output,
    ResolvedRecipe recipe,
    Optional<Data> calibration,
    Optional<Data> evaluation,
    Optional<Path> reportDir,
    Optional<Path> workspace,
    int threads,
    OptionalLong memory,
    boolean externalData,
    boolean force,
    boolean strict,
    String command,
    Progress progress) {

  /** A data set that is already open, or where to open one for this model. */
  public record Data(Optional<DataSource> source, Optional<Dataset> open) {}

  /** A faithful copy until a recipe says otherwise. */
  public static CompressionRequest of(Path input, Path output) {
    return new CompressionRequest(
        input,
        output,
        RecipeSource.text("recipe: 1\nsteps: []\n", "empty recipe").resolve(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Math.max(1, Runtime.getRuntime().availableProcessors()),
        OptionalLong.empty(),
        false,
        false,
        false,
        "",
        Progress.NONE);
  }

  /** What to do, with the origin of each value. */
  public CompressionRequest recipe(ResolvedRecipe value) {
    return copy(c -> c.recipe = value);
  }

  /** Where calibration data comes from. */
  public CompressionRequest calibration(DataSource value) {
    return copy(c -> c.calibration = Optional.of(new Data(Optional.of(value), Optional.empty())));
  }

  /** Calibration data; the caller closes it. */
  public CompressionRequest calibration(Dataset value) {
    return copy(c -> c.calibration = Optional.of(new Data(Optional.empty(), Optional.of(value))));
  }

  /** Where evaluation data comes from. */
  public CompressionRequest evaluation(DataSource value) {
    return copy(c -> c.evaluation = Optional.of(new Data(Optional.of(value), Optional.empty())));
  }

  /** Evaluation data; the caller closes it. */
  public CompressionRequest evaluation(Dataset value) {
    return copy(c -> c.evaluation = Optional.of(new Data(Optional.empty(), Optional.of(value))));
  }

  /** Folder for the report. */
  public CompressionRequest reportDir(Path value) {
    return copy(c -> c.reportDir = Optional.of(value));
  }

  /** Folder in which a run that is stopped can go on. */
  public CompressionRequest workspace(Path value) {
    return copy(c -> c.workspace = Optional.of(value));
  }

  /** Workers and ONNX Runtime threads, at least 1. */
  public CompressionRequest threads(int value) {
    return copy(c -> c.threads = value);
  }

  /** Bytes that the process may hold, above 0. */
  public CompressionRequest memory(long value) {
    return copy(c -> c.memory = OptionalLong.of(value));
  }

  /** Weights in a file of their own, whatever their size. */
  public CompressionRequest externalData(boolean value) {
    return copy(c -> c.externalData = value);
  }

  /** Overwrite an existing output. */
  public CompressionRequest force(boolean value) {
    return copy(c -> c.force = value);
  }

  /** Too little evaluation data for the allowed drop stops the run instead of being reported. */
  public CompressionRequest strict(boolean value) {
    return copy(c -> c.strict = value);
  }

  /** The command line to print in the report. */
  public CompressionRequest command(String value) {
    return copy(c -> c.command = value);
  }

  /** Who hears about progress and may cancel. */
  public CompressionRequest observer(Progress value) {
    return copy(c -> c.progress = value);
  }

  private CompressionRequest copy(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /** A request while one of its values changes. */
  private static final class Draft {
    Path input;
    Path output;
    ResolvedRecipe recipe;
    Optional<Data> calibration;
    Optional<Data> evaluation;
    Optional<Path> reportDir;
    Optional<Path> workspace;
    int threads;
    OptionalLong memory;
    boolean externalData;
    boolean force;
    boolean strict;
    String command;
    Progress progress;

    Draft(CompressionRequest r) {
      input = r.input;
      output = r.output;
      recipe = r.recipe;
      calibration = r.calibration;
      evaluation = r.evaluation;
      reportDir = r.reportDir;
      workspace = r.workspace;
      threads = r.threads;
      memory = r.memory;
      externalData = r.externalData;
      force = r.force;
      strict = r.strict;
      command = r.command;
      progress = r.progress;
    }

    CompressionRequest done() {
      return new CompressionRequest(
          input,
          output,
          recipe,
          calibration,
          evaluation,
          reportDir,
          workspace,
          threads,
          memory,
          externalData,
          force,
          strict,
          command,
          progress);
    }
  }
}
