package io.compressor.pass.weights;

import io.compressor.encoding.GridFamily;
import io.compressor.engine.Engine;
import io.compressor.graph.SiteKind;
import io.compressor.recipe.QuantizeOptions;
import io.compressor.solver.BiasCorrection;
import io.compressor.solver.CalibrationWarning;
import io.compressor.solver.ClipSearch;
import io.compressor.solver.Codebook;
import io.compressor.solver.CodebookLearner;
import io.compressor.solver.FoldedGridFitter;
import io.compressor.solver.GptqFactor;
import io.compressor.solver.GptqOptions;
import io.compressor.solver.GptqResult;
import io.compressor.solver.GptqSolver;
import io.compressor.solver.Grid;
import io.compressor.solver.GridFitter;
import io.compressor.solver.Hessian;
import io.compressor.solver.HoldoutJudge;
import io.compressor.solver.MaskedGrid;
import io.compressor.solver.OutputError;
import io.compressor.solver.QuantSpec;
import io.compressor.solver.QuantizedWeight;
import io.compressor.solver.RoundToNearest;
import io.compressor.solver.VectorLearner;
import io.compressor.statistics.Moments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * Chooses the codes of one site: fits its grid, rounds, and where data allows lets GPTQ compete.
 */
public final class SiteSolver {
  /**
   * Ten ranges from 100 % to 64 % instead of the published eighty: the multiplier search that
   * follows refines them. On a 4-bit sentence encoder the cosine was .9858 against .9861.
   */
  private static final ClipSearch FOLDED_SEARCH =
      new ClipSearch(25, 0.4, 2.0, ClipSearch.ExtraLevel.BEST);

  private final QuantizeOptions options;
  private final Engine engine;

  public SiteSolver(QuantizeOptions options, Engine engine) {
    this.options = options;
    this.engine = engine;
  }

  public SolvedSite solve(SiteTask task) {
    return solve(task, Optional.empty());
  }

  /**
   * The same with weights that have to become 0.
   *
   * @param kept [out × in], false for those; empty = none
   */
  public SolvedSite solve(SiteTask task, Optional<boolean[]> kept) {
    float[] w = task.weight();
    float[] left = kept.map(k -> left(w, k)).orElse(w);
    Optional<Hessian> h = task.dense().map(m -> hessian(task, m));
    Grid grid = fit(task, left, h, kept.isPresent());
    QuantizedWeight rounded = RoundToNearest.quantize(left, grid, engine);
    return usesGptq(task)
        ? competition(task, w, rounded, h.orElseThrow(), kept)
        : plain(task, w, rounded, h);
  }

  private static float[] left(float[] w, boolean[] kept) {
    float[] left = w.clone();
    for (int i = 0; i < left.length; i++) {
      left[i] = kept[i] ? left[i] : 0;
    }
    return left;
  }

  /**
   * Tasks whose sites read the same input with the same moments and smoothing, if any: their
   * Hessian is factored once for all.
   */
  public List<SiteTask> sharing(List<SiteTask> tasks) {
    Optional<GptqFactor> factor =
        tasks.stream()
            .filter(this::usesGptq)
            .findFirst()
            .map(t -> factor(t, hessian(t, t.dense().orElseThrow())));
    return factor.map(f -> tasks.stream().map(t -> t.withFactor(f)).toList()).orElse(tasks);
  }

  private GptqFactor factor(SiteTask task, Hessian h) {
    return GptqFactor.of(h, gptq(), task.grid().vector(), engine);
  }

  private GptqOptions gptq() {
    return GptqOptions.PUBLISHED
        .withDamping(options.damping())
        .withOrder(
            options.actOrder()
                ? GptqOptions.ColumnOrder.DESCENDING_DIAGONAL
                : GptqOptions.ColumnOrder.NATURAL);
  }

  /** Dense sites with rows both to solve on and to judge by. Grouped convolutions are rounded. */
  private boolean usesGptq(SiteTask task) {
    return options.method() == QuantizeOptions.Method.GPTQ
        && task.site().kind() != SiteKind.GATHER
        && task.dense().isPresent();
  }

  private SolvedSite plain(SiteTask task, float[] w, QuantizedWeight rounded, Optional<Hessian> h) {
    OptionalDouble error =
        h.map(known -> OutputError.of(known, engine).relative(w, rounded.dequantize()))
            .map(OptionalDouble::of)
            .orElse(OptionalDouble.empty());
    return new SolvedSite(
        task,
        rounded,
        "rtn",
        biasShift(task, w, rounded),
        error,
        OptionalDouble.empty(),
        unsolved(task));
  }

  private List<String> unsolved(SiteTask task) {
    boolean wanted =
        options.method() == QuantizeOptions.Method.GPTQ && task.site().kind() != SiteKind.GATHER;
    return wanted && task.moments().filter(m -> m.rows() > 0).isEmpty()
        ? List.of("GPTQ needs calibration data (--data): rounded to nearest")
        : List.of();
  }

  private SolvedSite competition(
      SiteTask task, float[] w, QuantizedWeight rounded, Hessian h, Optional<boolean[]> kept) {
    Moments moments = task.dense().orElseThrow();
    GptqFactor factor = task.factor().orElseGet(() -> factor(task, h));
    Grid grid = rounded.grid();
    GptqResult result =
        GptqSolver.solve(
            w, factor, kept.<Grid>map(k -> new MaskedGrid(grid, k)).orElse(grid), gptq(), engine);
    List<String> warnings = new ArrayList<>();
    CalibrationWarning.check(moments.rows(), h.size()).ifPresent(c -> warnings.add(c.message()));
    if (result.status() == GptqResult.Status.FELL_BACK) {
      warnings.add("the Hessian could not be factored at any damping: rounded to nearest");
      return new SolvedSite(
          task,
          rounded,
          "rtn",
          biasShift(task, w, rounded),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          warnings);
    }
    Optional<Moments> held = task.holdout().filter(m -> m.rows() > 0);
    HoldoutJudge.Verdict verdict =
        HoldoutJudge.judge(
            w,
            new QuantizedWeight(grid, result.weight().codes()),
            rounded,
            held.map(m -> hessian(task, m)).orElse(h),
            moments.rows(),
            engine);
    boolean won = verdict.choice() == HoldoutJudge.Choice.GPTQ;
    if (!won) {
      warnings.add("GPTQ was no better than rounding on held-out rows: rounded to nearest");
    }
    double signal = verdict.signal();
    return new SolvedSite(
        task,
        verdict.weight(),
        won ? "gptq" : "rtn",
        biasShift(task, w, verdict.weight()),
        won && signal > 0 && result.predictedError().isPresent()
            ? OptionalDouble.of(result.predictedError().getAsDouble() / signal)
            : OptionalDouble.empty(),
        OptionalDouble.of(won ? verdict.gptqError() : verdict.rtnError()),
        warnings);
  }

  private Grid fit(SiteTask task, float[] w, Optional<Hessian> h, boolean zero) {
    int rows = task.site().out();
    int cols = task.site().in();
    QuantSpec spec = task.grid().spec();
    if (task.grid().family() == GridFamily.UNIFORM) {
      return GridFitter.PUBLISHED.fit(w, rows, cols, spec, engine);
    }
    if (task.grid().family() == GridFamily.VECTOR) {
      return VectorLearner.fit(
          w,
          rows,
          cols,
          task.grid().vector(),
          task.grid().codewords(),
          task.grid().limit(),
          h.map(Hessian::diagonal),
          new SplittableRandom(task.site().name().hashCode()),
          engine);
    }
    FoldedGridFitter fitter =
        new FoldedGridFitter(FOLDED_SEARCH, h.map(Hessian::diagonal), task.grid().limit());
    // Learning with both signs costs twice; on a 4-bit sentence encoder the cosine is .9856 both
    // ways.
    FoldedGridFitter oneSided =
        new FoldedGridFitter(
            FOLDED_SEARCH.with(ClipSearch.ExtraLevel.NEGATIVE),
            fitter.columnWeights(),
            fitter.limit());
    Codebook table = CodebookLearner.learn(w, rows, cols, spec, oneSided, engine);
    return fitter.fit(w, rows, cols, spec, zero ? table.withZero() : table, engine);
  }

  /** H of the smoothed input x / s: rows and columns divided by s. */
  private static Hessian hessian(SiteTask task, Moments moments) {
    Hessian h = moments.hessian();
    if (task.smoothing().isEmpty()) {
      return h;
    }
    float[] s = task.smoothing().orElseThrow();
    int n = h.size();
    double[] values = h.values().clone();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        values[i * n + j] /= (double) s[i] * s[j];
      }
    }
    return new Hessian(n, values, h.rows());
  }

  private Optional<double[]> biasShift(SiteTask task, float[] w, QuantizedWeight quantized) {
    if (!options.biasCorrection()
        || task.dense().isEmpty()
        || task.site().kind() == SiteKind.GATHER) {
      return Optional.empty();
    }
    double[] mean = task.dense().orElseThrow().mean(0);
    task.smoothing()
        .ifPresent(
            s -> {
              for (int i = 0; i < mean.length; i++) {
                mean[i] /= s[i];
              }
            });
    return Optional.of(BiasCorrection.delta(w, quantized.dequantize(), mean));
  }
}
