package io.compressor.statistics.stage;

import io.compressor.engine.Engine;
import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.Site;
import io.compressor.graph.stage.SiteGroups;
import io.compressor.graph.stage.Stage;
import io.compressor.graph.stage.StageCutter;
import io.compressor.graph.stage.StageDivider;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.StatisticsCollector;
import io.compressor.statistics.StatisticsRequest;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/**
 * Walks through the stages of a model with data. The current stage can be looked at, its weights
 * replaced; {@link #reach} runs it up to a value as it is then, {@link #finish} to its end, so that
 * everything sees what quantization did before it and no node that costs anything runs twice.
 * Memory holds the weights of one stage; activations lie in files.
 *
 * <p>Thread-confined; the work of each call runs on the engine.
 */
public final class StageRunner implements AutoCloseable {
  private final Model source;
  private final List<Stage> stages;
  private final StageStream stream;
  private final StageDivider divider;
  private final Set<String> given = new HashSet<>();
  private final int samples;
  private final StageColumns columns = new StageColumns();
  private final ReplacedWeights replaced;
  private int index;
  private Model model;
  private boolean keepsInputs;

  private StageRunner(Model source, List<Stage> stages, StageStream stream, int samples) {
    this.source = source;
    this.stages = List.copyOf(stages);
    this.replaced = new ReplacedWeights(this.stages);
    this.stream = stream;
    this.divider = new StageDivider(source);
    source.graph().inputs().forEach(v -> given.add(v.name()));
    this.samples = samples;
    this.model = source;
  }

  /**
   * Reads the data once and stands before the first stage.
   *
   * @param stages of {@code source}, from {@link StageCutter}
   * @param data that fits the whole model; may be closed afterwards
   * @param folder where activations may be put; a folder of their own in it goes on {@link #close}
   * @throws CompressorException DATA when the data has not even one batch; IO; CANCELLED
   */
  public static StageRunner start(
      Model source,
      List<Stage> stages,
      Dataset data,
      Path folder,
      Engine engine,
      Progress progress) {
    int batch = data.fixedBatch().orElse(1);
    int samples = data.size() / batch;
    if (samples < 1) {
      throw new CompressorException(
          ErrorCode.DATA,
          "data",
          "found " + data.size() + " samples, the model runs batches of " + batch,
          "give at least one whole batch");
    }
    StageStream stream = StageStream.in(folder, engine, progress);
    StageRunner runner = new StageRunner(source, stages, stream, samples);
    try {
      List<String> inputs =
          source.graph().requiredInputs().stream()
              .map(Value::name)
              .filter(Stage.reads(stages)::contains)
              .toList();
      runner.columns.pass(
          stream.columns(
              "data", inputs, samples, i -> data.batch(i * batch, (i + 1) * batch).inputs()));
      runner.open();
      return runner;
    } catch (RuntimeException e) {
      runner.close();
      throw e;
    }
  }

  public List<Stage> stages() {
    return stages;
  }

  /** Whether there is a current stage; false after the last one is finished. */
  public boolean hasStage() {
    return index < stages.size();
  }

  public Stage stage() {
    if (!hasStage()) {
      throw new IllegalStateException("all " + stages.size() + " stages are finished");
    }
    return stages.get(index);
  }

  /**
   * What is left of the current stage after {@link #reach}, with the weights it has by now; added
   * columns are inputs of it.
   */
  public Model model() {
    stage();
    return model;
  }

  /** What {@link #model} reads, added columns included. */
  public StageDataset data() {
    return columns.dataset(stage().name(), model(), samples);
  }

  /** Sites of {@link #model} with the weights they have by now, in graph order. */
  public List<Site> sites() {
    return stage().sites(model());
  }

  /** {@link #sites} in the order in which to quantize them. */
  public List<List<Site>> groups() {
    return SiteGroups.of(sites());
  }

  /**
   * Runs what values of the current stage need, over all samples and with the weights it has by
   * now. From here on these values are inputs of {@link #model}, and what led to them is gone from
   * it: its weights can no longer be replaced. Values that cost nothing to compute stay as they
   * are.
   *
   * @param values of {@link #model}, or inputs of it
   */
  public void reach(Set<String> values) {
    Set<String> kept = new HashSet<>(given);
    kept.addAll(columns.added());
    StageDivider.Division division = divider.before(model(), values, kept);
    if (division.done().isEmpty()) {
      return;
    }
    columns.hold(stream.run(stage().name(), model, division.passing(), data()));
    model = columns.withInputs(division.rest(), division.passing());
    Set<String> read = Stage.reads(stages.subList(index + 1, stages.size()));
    read.addAll(stage().outputs());
    model.graph().inputs().forEach(v -> read.add(v.name()));
    if (keepsInputs) {
      read.addAll(stage().inputs());
    }
    columns.keepOnly(read);
  }

  /**
   * From now on what a stage reads stays on disk until it is finished, as {@link #rewind} needs.
   */
  public void keepInputs() {
    keepsInputs = true;
  }

  /**
   * Goes back to the beginning of the current stage: what was reached and replaced in it is undone.
   *
   * @throws IllegalStateException when its inputs may be gone
   */
  public void rewind() {
    if (!keepsInputs) {
      throw new IllegalStateException("the inputs of the stages are not kept");
    }
    columns.dropHeld();
    open();
  }

  /**
   * Runs what is left of the current stage over all samples. What this returns are all of the
   * stage's outputs, those of the whole model too; they are there until the stage is finished.
   */
  public StageDataset outputs() {
    List<String> values = stage().outputs();
    columns.hold(stream.run(stage().name(), model, values, data()));
    return columns.dataset(stage().name(), values, samples);
  }

  /**
   * Statistics of values of the current stage, with the weights it has by now. Added columns can
   * serve as row weights.
   *
   * @throws CompressorException as {@link StatisticsCollector#collect}
   */
  public ActivationStatistics collect(StatisticsRequest request) {
    return StatisticsCollector.collect(
        model(), request, data(), 1, stream.engine(), stream.progress());
  }

  /**
   * Computes a value for every sample with the current weights and makes it an input of the stage
   * until it is finished.
   *
   * @param name of the new input
   * @param extend the stage's model with more nodes, its inputs unchanged
   * @param value of the extended model to keep, a tensor whose axis 0 is the sample
   * @throws CompressorException USAGE when the stage has a value of that name or the extended model
   *     no such value; MODEL when ONNX Runtime refuses it
   */
  public void addColumn(String name, UnaryOperator<Model> extend, String value) {
    columns.requireFree(name, model().graph());
    Map<String, ActivationColumn> made =
        stream.run(stage().name(), extend.apply(model()), List.of(value), data());
    made.values().forEach(column -> add(name, column));
  }

  /**
   * As above, from a tensor for each sample.
   *
   * @param sample thread-safe
   */
  public void addColumn(String name, IntFunction<Tensor> sample) {
    columns.requireFree(name, model().graph());
    Map<String, ActivationColumn> made =
        stream.columns(stage().name(), List.of(name), samples, i -> Map.of(name, sample.apply(i)));
    made.values().forEach(column -> add(name, column));
  }

  /**
   * Gives sites of {@link #model} other weights. A weight that later stages share changes there
   * too; what ran before stays.
   *
   * @param weights W [out × in] by site name
   * @throws CompressorException USAGE when {@link #model} has no such site
   */
  public void replaceWeights(Map<String, float[]> weights) {
    model = replaced.put(stage(), model(), weights);
  }

  /** Gives constants of {@link #model} that are no site's weights other values, by their names. */
  public void replaceConstants(Map<String, Tensor> constants) {
    Map<String, Tensor> all = new LinkedHashMap<>(model().graph().initializers());
    constants.forEach((name, value) -> all.replace(name, value));
    model = model.withGraph(model.graph().withInitializers(all));
  }

  /**
   * Runs what is left of the current stage over all samples, keeps what later stages read, deletes
   * what none does, and goes on to the next stage. After the last stage nothing is left to run.
   */
  public void finish() {
    Stage done = stage();
    Set<String> later = Stage.reads(stages.subList(index + 1, stages.size()));
    List<String> wanted =
        done.outputs().stream().filter(later::contains).filter(v -> !columns.passHeld(v)).toList();
    if (!wanted.isEmpty()) {
      columns.pass(stream.run(done.name(), model, wanted, data()));
    }
    columns.dropAdded();
    columns.keepOnly(later);
    index++;
    open();
  }

  /** Deletes all activations. */
  @Override
  public void close() {
    columns.close();
    stream.delete();
  }

  /** Makes the current stage's model; element types are those that the values really have. */
  private void open() {
    if (!hasStage()) {
      model = source;
      return;
    }
    Model fresh = stage().model(source);
    List<Value> inputs =
        fresh.graph().inputs().stream()
            .map(v -> given.contains(v.name()) ? v : columns.input(v.name()))
            .toList();
    model = replaced.takeOver(stage(), fresh.withGraph(fresh.graph().withInputs(inputs)));
  }

  private void add(String name, ActivationColumn column) {
    columns.add(name, column);
    model = columns.withInputs(model, List.of(name));
  }
}
