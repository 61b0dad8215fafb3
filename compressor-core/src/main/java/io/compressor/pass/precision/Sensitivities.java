package io.compressor.pass.precision;

import io.compressor.engine.Progress;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Model;
import io.compressor.recipe.PrecisionOptions;
import io.compressor.sensitivity.Curvature;
import io.compressor.sensitivity.Interactions;
import io.compressor.sensitivity.Reference;
import io.compressor.solver.mixed.PairModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What sites mind being stored at a level, alone and together. Single terms are measured on the
 * written model, rounded activations included; terms between layers come from pairs of such models,
 * or from products with the Hessian by the weights.
 */
final class Sensitivities {
  /** Pairs of written models a level. */
  private static final long PAIRS = 200;

  /** Layers apart up to which Hessian products are multiplied out. */
  private static final int REACH = 64;

  private final Choices choices;
  private final Emitter emitter;
  private final Reference reference;
  private final Reference batched;
  private final PrecisionOptions options;
  private final PassFacts facts;
  private final List<String> notes = new ArrayList<>();

  /** What the run gives. */
  record PassFacts(Model model, SiteMoves moves, long seed, Progress progress) {}

  /**
   * @param reference what candidates are compared with, as requests come
   * @param batched the same in batches, for gradients of the original
   */
  Sensitivities(
      Choices choices,
      Emitter emitter,
      Reference reference,
      Reference batched,
      PrecisionOptions options,
      PassFacts facts) {
    this.choices = choices;
    this.emitter = emitter;
    this.reference = reference;
    this.batched = batched;
    this.options = options;
    this.facts = facts;
  }

  /** What was noticed, for the report. */
  List<String> notes() {
    return notes;
  }

  /** Loss of a configuration as written. */
  double loss(int[] levels) {
    return reference.distance(emitter.model(levels));
  }

  /**
   * Singles, and pairs unless the options leave them out.
   *
   * @param useful [site][level], levels that can be chosen at all
   */
  PairModel model(boolean[][] useful) {
    return switch (options.order()) {
      case HESSIAN -> traces(useful);
      case RANDOM, LAST_LAYERS -> new PairModel(new double[useful.length][choices.levels()]);
      case LOSS -> new PairModel(singles(useful));
      case AUGMENTED -> augmented(useful);
    };
  }

  private double[][] singles(boolean[][] useful) {
    double[][] own = new double[useful.length][choices.levels()];
    facts.progress().begin("sensitivities", (long) useful.length * (choices.levels() - 1));
    for (int i = 0; i < own.length; i++) {
      for (int l = 1; l < choices.levels(); l++) {
        facts.progress().checkCancelled();
        if (useful[i][l]) {
          int[] one = new int[own.length];
          one[i] = l;
          own[i][l] = finite(loss(one));
        }
        facts.progress().advance(1);
      }
    }
    return own;
  }

  private PairModel augmented(boolean[][] useful) {
    double[][] own = singles(useful);
    return switch (options.interaction()) {
      case NONE -> new PairModel(own);
      case LOSS_PAIR -> {
        int reach = Interactions.reach(own.length, PAIRS);
        noteReach(own.length, reach);
        yield Interactions.losses(own, useful, reach, this::loss, facts.progress());
      }
      case HVP -> products(own);
    };
  }

  private PairModel products(double[][] own) {
    try (Curvature curvature = curvature()) {
      noteReach(own.length, REACH);
      return Interactions.products(curvature, facts.moves(), REACH, facts.progress()).withOwn(own);
    } catch (CompressorException e) {
      if (e.code() == ErrorCode.CANCELLED) {
        throw e;
      }
      notes.add(
          "precision: no terms between layers, because the model cannot be differentiated (%s: %s);"
                  .formatted(e.where(), e.getMessage())
              + " interaction: loss-pair needs no gradients");
      return new PairModel(own);
    }
  }

  private void noteReach(int layers, int reach) {
    if (reach < layers - 1) {
      notes.add(
          "precision: terms between layers were taken up to %d layers apart, of %d"
              .formatted(reach, layers));
    }
  }

  /** Sᵢ(b) = ½ · tᵢ/nᵢ · ‖Δwᵢ(b)‖², tᵢ by Hutchinson; negative traces count as 0 and are told. */
  private PairModel traces(boolean[][] useful) {
    double[][] own = new double[useful.length][choices.levels()];
    try (Curvature curvature = curvature()) {
      Map<String, Curvature.Trace> traces =
          curvature.traces(options.draws(), new SplittableRandom(facts.seed()));
      int negative = 0;
      for (int i = 0; i < own.length; i++) {
        Curvature.Trace trace = traces.get(facts.moves().parameter(i));
        if (trace == null) {
          continue;
        }
        negative += trace.raw() < 0 ? 1 : 0;
        double mean = trace.clamped() / choices.sites().get(i).parameters();
        for (int l = 1; l < choices.levels(); l++) {
          own[i][l] = useful[i][l] ? 0.5 * mean * facts.moves().squared(i, l) : 0;
        }
      }
      if (negative > 0) {
        notes.add("precision: %d traces were negative and count as 0".formatted(negative));
      }
    }
    return new PairModel(own);
  }

  private Curvature curvature() {
    return Curvature.open(
        facts.model(), batched, facts.moves().parameters(), Curvature.Method.DIFFERENCE);
  }

  /** A number that can be added up, where a model gave none. */
  private static double finite(double loss) {
    return Double.isFinite(loss) ? loss : 1e6;
  }
}
