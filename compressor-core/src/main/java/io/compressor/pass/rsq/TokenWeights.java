package io.compressor.pass.rsq;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.data.CyclicExpansion;
import io.compressor.formats.data.Dataset;
import io.compressor.graph.stage.Stage;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.Value;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.BadSites;
import io.compressor.recipe.RsqOptions;
import io.compressor.statistics.importance.AttentionFinder;
import io.compressor.statistics.importance.ImportanceGraph;
import io.compressor.statistics.importance.ImportanceOptions;
import io.compressor.statistics.importance.TokenFrequencies;
import io.compressor.statistics.stage.StageDataset;
import io.compressor.statistics.stage.StageRunner;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How much each calibration token counts in each stage, from the stage as it was before any of it
 * was quantized (RSQ, section 3): one weight a token, shared by all sites of the stage.
 */
final class TokenWeights {
  private static final String COLUMN = "token_weight";
  private static final String MASK = "attention_mask";

  private final ImportanceOptions options;
  private final Dataset data;
  private final Set<String> modelInputs;
  private final boolean hasAttention;
  private final Optional<TokenFrequencies> frequencies;
  private final BadSites bad;
  private final Consumer<String> notes;

  private TokenWeights(
      ImportanceOptions options,
      Dataset data,
      Set<String> modelInputs,
      boolean hasAttention,
      Optional<TokenFrequencies> frequencies,
      BadSites bad,
      Consumer<String> notes) {
    this.options = options;
    this.data = data;
    this.modelInputs = modelInputs;
    this.hasAttention = hasAttention;
    this.frequencies = frequencies;
    this.bad = bad;
    this.notes = notes;
  }

  /**
   * @param notes hears of stages whose tokens all count the same although they were to be scored
   * @throws CompressorException RECIPE when importance is attention and the model has none
   */
  static TokenWeights of(
      RsqOptions options, PassScope scope, BadSites bad, Consumer<String> notes) {
    ImportanceOptions wanted =
        new ImportanceOptions(
            ImportanceOptions.Score.valueOf(options.importance().name()),
            options.rMin(),
            options.rMax(),
            options.exponent(),
            options.renormalise(),
            ImportanceOptions.Mapping.valueOf(options.mapping().name()),
            ImportanceOptions.defaults().sinkQuantile(),
            ImportanceOptions.ByCount.NONE);
    boolean hasAttention = !AttentionFinder.find(scope.model()).isEmpty();
    if (wanted.score() == ImportanceOptions.Score.ATTENTION && !hasAttention) {
      throw new CompressorException(
          ErrorCode.RECIPE,
          "importance",
          "attention was asked for, but no attention is found in this model",
          "set importance: act-norm, or none");
    }
    Dataset data = CyclicExpansion.of(scope.calibration().orElseThrow(), options.expansion());
    boolean counted = wanted.score() == ImportanceOptions.Score.TOKEN_FREQ;
    Set<String> inputs = new LinkedHashSet<>();
    scope.model().graph().inputs().stream().map(Value::name).forEach(inputs::add);
    return new TokenWeights(
        wanted,
        data,
        inputs,
        hasAttention,
        counted ? Optional.of(TokenFrequencies.count(data)) : Optional.empty(),
        bad,
        notes);
  }

  /** Model inputs that every stage must be given. */
  Set<String> keptInputs() {
    Set<String> kept = new LinkedHashSet<>(Set.of(MASK));
    frequencies.ifPresent(f -> kept.add(f.input()));
    return kept;
  }

  /** What to calibrate on. */
  Dataset data() {
    return data;
  }

  /**
   * @return the added column; empty where all tokens count the same, as in a stage that no residual
   *     stream runs through, or where they cannot be scored
   * @throws CompressorException DATA naming the stage when scores are not finite though the stream
   *     is, and that is to stop the run
   */
  Optional<String> addTo(StageRunner run) {
    Stage stage = run.stage();
    List<String> streams = new ArrayList<>(stage.inputs());
    streams.removeAll(modelInputs);
    boolean scored = options.score() != ImportanceOptions.Score.NONE;
    if (!scored || streams.size() != 1 || stage.outputs().size() != 1 || isNoBlock(run)) {
      return Optional.empty();
    }
    Optional<String> unfit =
        new StreamShapes(run).unfit(options.score(), streams.get(0), stage.outputs().get(0));
    if (unfit.isPresent()) {
      return equal(run, unfit.get());
    }
    Optional<String> mask = stage.inputs().contains(MASK) ? Optional.of(MASK) : Optional.empty();
    ImportanceGraph.Appended appended =
        ImportanceGraph.append(
            run.model(), options, streams.get(0), stage.outputs().get(0), mask, frequencies);
    run.addColumn(COLUMN, (Model m) -> appended.model(), appended.output());
    Optional<String> broken = brokenScores(run, streams.get(0));
    return broken.isPresent() ? equal(run, broken.get()) : Optional.of(COLUMN);
  }

  private Optional<String> equal(StageRunner run, String why) {
    notes.accept(
        "%s: importance %s: %s; all of its tokens count the same"
            .formatted(StagedSolver.stageName(run), spelling(), why));
    return Optional.empty();
  }

  /** A stream that is broken itself is the sites' matter. */
  private Optional<String> brokenScores(StageRunner run, String stream) {
    StageDataset data = run.data();
    for (int i = 0; i < data.size(); i++) {
      Map<String, Tensor> inputs = data.batch(i, i + 1).inputs();
      if (!isFinite(inputs.get(COLUMN)) && isFinite(inputs.get(stream))) {
        String what = "sample %d has scores that are NaN or infinite".formatted(i);
        if (bad == BadSites.SKIP) {
          return Optional.of(what);
        }
        throw new CompressorException(
            ErrorCode.DATA,
            StagedSolver.stageName(run),
            "importance %s: %s although the values that the stage reads are finite"
                .formatted(spelling(), what),
            "choose another importance, or none; --skip-bad-sites lets all tokens of such a stage"
                + " count the same");
      }
    }
    return Optional.empty();
  }

  private String spelling() {
    return options.score().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static boolean isFinite(@Nullable Tensor values) {
    if (values == null || !values.type().isFloat()) {
      return true;
    }
    for (float v : values.toFloats()) {
      if (!Float.isFinite(v)) {
        return false;
      }
    }
    return true;
  }

  /** In a model with attention, a stage without is embedding or head, not a block. */
  private boolean isNoBlock(StageRunner run) {
    return hasAttention && AttentionFinder.find(run.model()).isEmpty();
  }
}
