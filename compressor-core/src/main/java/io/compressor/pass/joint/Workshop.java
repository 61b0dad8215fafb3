package io.compressor.pass.joint;

import io.compressor.encoding.Arithmetic;
import io.compressor.encoding.EncodingChoice;
import io.compressor.engine.Engine;
import io.compressor.graph.Site;
import io.compressor.ir.Tensor;
import io.compressor.pass.weights.Assignment;
import io.compressor.pass.weights.InputMoments;
import io.compressor.pass.weights.SiteSolver;
import io.compressor.pass.weights.SiteTask;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.recipe.Treatment;
import io.compressor.solver.BiasCorrection;
import io.compressor.solver.lowrank.Factorizer;
import io.compressor.solver.lowrank.Factors;
import io.compressor.solver.prune.Ranking;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.statistics.Moments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/**
 * Makes of one site what items say. What sites share it keeps; each site's own work, such as its
 * factors, it forgets when it is done with the site. Thread-safe.
 */
final class Workshop {
  private final SiteSolver solver;
  private final ActivationStatistics statistics;
  private final BiFunction<Site, EncodingChoice, Optional<SiteTask>> tasks;
  private final Engine engine;

  /**
   * @param tasks a site's form with what is known of its inputs
   */
  Workshop(
      SiteSolver solver,
      ActivationStatistics statistics,
      BiFunction<Site, EncodingChoice, Optional<SiteTask>> tasks,
      Engine engine) {
    this.solver = solver;
    this.statistics = statistics;
    this.tasks = tasks;
    this.engine = engine;
  }

  /** Everything that one site's items have in common. */
  Bench bench(Offer offer) {
    return new Bench(offer);
  }

  /** One site at work. */
  final class Bench {
    private final Site site;
    private final int most;
    private final float[] w;
    private final Optional<Moments> moments;
    private final Map<Boolean, SiteTask> whole = new LinkedHashMap<>();
    private Optional<Factors> factors = Optional.empty();
    private Optional<Moments> hidden = Optional.empty();
    private Optional<Moments> hiddenHeld = Optional.empty();

    private Bench(Offer offer) {
      this.site = offer.site();
      this.most = offer.items().stream().mapToInt(i -> i.treatment().rank()).max().orElse(0);
      this.w = SiteTask.finiteWeight(site);
      this.moments = InputMoments.of(site, statistics);
    }

    /** The weight as it is. */
    float[] weight() {
      return w;
    }

    Piece make(Item item) {
      Treatment t = item.treatment();
      if (t.isNone()) {
        return Piece.NONE;
      }
      return t.rank() > 0 ? factored(item) : coded(item);
    }

    /**
     * Output error relative to the output, on data where there is any; comparable within a site.
     */
    double error(Piece piece, float[] made) {
      if (piece.factors().isEmpty() && piece.solved().size() == 1) {
        SolvedSite one = piece.solved().get(0);
        OptionalDouble known =
            one.errorMeasured().isPresent() ? one.errorMeasured() : one.errorPredicted();
        if (known.isPresent()) {
          return known.getAsDouble();
        }
      }
      if (moments.isPresent()) {
        return io.compressor.solver.OutputError.of(moments.get().hessian(), engine)
            .relative(w, made);
      }
      double error = 0;
      double signal = 0;
      for (int i = 0; i < w.length; i++) {
        error += ((double) w[i] - made[i]) * ((double) w[i] - made[i]);
        signal += (double) w[i] * w[i];
      }
      return signal > 0 ? error / signal : error;
    }

    private Piece coded(Item item) {
      EncodingChoice form = item.coded().get(0).choice();
      SiteTask task = task(form);
      Optional<boolean[]> kept =
          item.treatment().zeros() == 0 ? Optional.empty() : Optional.of(kept(item.treatment()));
      SolvedSite solved = solver.solve(task, kept).withoutMoments();
      return new Piece(List.of(solved), Optional.empty(), solved.biasShift());
    }

    /** The site's own task; one for forms that divide the input, one for the others. */
    private SiteTask task(EncodingChoice form) {
      boolean smooth = form.encoding().arithmetic() == Arithmetic.DYNAMIC_INT8;
      SiteTask first =
          whole.computeIfAbsent(
              smooth,
              k ->
                  solver
                      .sharing(
                          List.of(
                              tasks
                                  .apply(site, form)
                                  .orElseGet(
                                      () ->
                                          new SiteTask(
                                              site,
                                              form,
                                              Optional.empty(),
                                              moments,
                                              Optional.empty()))))
                      .get(0));
      return first.reading(site, form);
    }

    /** Those go that make least of the output: |w| times the size of what it is multiplied with. */
    private boolean[] kept(Treatment t) {
      float[] scores = w.clone();
      if (moments.isPresent()) {
        double[] power = moments.get().hessian().diagonal();
        for (int i = 0; i < scores.length; i++) {
          scores[i] *= (float) Math.sqrt(power[i % power.length]);
        }
      }
      boolean[] all = new boolean[w.length];
      java.util.Arrays.fill(all, true);
      return Ranking.ofMagnitudes(scores, all).kept((int) (t.zeros() * w.length));
    }

    private Piece factored(Item item) {
      Factors cut = factors().head(item.treatment().rank());
      Item.Halves halves = item.halves().orElseThrow();
      List<SolvedSite> solved = new ArrayList<>();
      for (Assignment.Assigned a : item.coded()) {
        boolean first = a.site().name().equals(halves.v().name());
        Site half = filled(a.site(), first ? cut.v() : cut.u());
        SiteTask task =
            first ? task(a.choice()).reading(half, a.choice()) : second(half, a.choice(), cut);
        SolvedSite one = solver.solve(task).withoutMoments();
        solved.add(withoutShift(one));
      }
      Piece piece = new Piece(List.copyOf(solved), Optional.of(cut), Optional.empty());
      return new Piece(piece.solved(), piece.factors(), shift(piece, item));
    }

    private Optional<double[]> shift(Piece piece, Item item) {
      return moments.map(m -> BiasCorrection.delta(w, piece.matrix(site, item, engine), m.mean(0)));
    }

    private SiteTask second(Site half, EncodingChoice form, Factors cut) {
      if (hidden.isEmpty()) {
        Factors all = factors().head(most);
        hidden = moments.map(m -> HiddenMoments.seenBy(all, m));
        hiddenHeld =
            Optional.ofNullable(statistics.holdout().get(key()))
                .map(m -> HiddenMoments.seenBy(all, m));
      }
      return new SiteTask(
          half,
          form,
          Optional.empty(),
          hidden.map(m -> HiddenMoments.head(m, cut.rank())),
          hiddenHeld.map(m -> HiddenMoments.head(m, cut.rank())));
    }

    private String key() {
      return InputMoments.key(site);
    }

    private Factors factors() {
      if (factors.isEmpty()) {
        factors =
            Optional.of(
                moments
                    .map(m -> Factorizer.whitened(w, site.out(), site.in(), m.hessian()))
                    .orElseGet(() -> Factorizer.svd(w, site.out(), site.in())));
      }
      return factors.get();
    }
  }

  private static SolvedSite withoutShift(SolvedSite s) {
    return new SolvedSite(
        s.task(),
        s.weight(),
        s.method(),
        Optional.empty(),
        s.errorPredicted(),
        s.errorMeasured(),
        s.warnings());
  }

  /** A half with its numbers. */
  private static Site filled(Site half, float[] matrix) {
    Tensor w = half.weight();
    return new Site(
        half.name(),
        half.kind(),
        half.node(),
        half.weightInput(),
        Tensor.ofFloats(w.name(), w.dims(), half.layout().toStored(matrix)),
        half.layout(),
        half.biasNode(),
        half.bias(),
        half.input(),
        half.output(),
        half.uses());
  }
}
