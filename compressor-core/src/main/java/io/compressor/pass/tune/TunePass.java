package io.compressor.pass.tune;

import io.compressor.autodiff.Differentiable;
import io.compressor.autodiff.Gradients;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.weights.learn.Distillation;
import io.compressor.pass.weights.learn.Distilled;
import io.compressor.recipe.TuneOptions;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.train.Learner;
import io.compressor.train.Optimizer;
import io.compressor.train.RootMeanSquare;
import io.compressor.train.Schedule;
import io.compressor.train.Trainer;
import io.compressor.train.Variable;
import io.compressor.train.ZerothOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Moves what is continuous in the model that earlier steps wrote, until it makes what the original
 * of the run makes on calibration data. Codes stay; every eighth sample is held out, and the values
 * with the least loss on those are kept.
 *
 * <p>Source: Shang et al. 2025, QZO, for {@code zeroth-order}.
 */
public record TunePass(TuneOptions options, long seed) implements Pass {
  private static final int CHECKS = 6;
  private static final float SMALLEST = 1e-7f;
  private static final double RMS_FLOOR = 1e-4;

  @Override
  public String id() {
    return "tune";
  }

  @Override
  public boolean wantsSites() {
    return false;
  }

  @Override
  public PassPlan plan(PassScope scope) {
    return new PassPlan(List.of(), List.of());
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    Masters masters = Masters.of(scope.model(), options.what());
    if (masters.isEmpty()) {
      return outcome(
          scope.model(),
          "tune left the model as it is: it has no %s"
              .formatted(String.join(", ", options.what().stream().map(TunePass::word).toList())));
    }
    Map<Tensor, Boolean> moving = masters.moving();
    Map<String, float[]> best = new LinkedHashMap<>();
    Distillation.Options how =
        new Distillation.Options(options.steps(), options.batch(), CHECKS, seed);
    Distillation distillation = new Distillation(scope, "tune, " + options, how);
    Consumer<Learner> kept =
        learner -> moving.keySet().forEach(t -> best.put(t.name(), learner.values(t.name())));
    Distilled outcome =
        options.method() == TuneOptions.Method.GRADIENT
            ? gradient(distillation, masters.model(), moving, scope, kept)
            : distillation.run(
                scope.original(),
                masters.model(),
                zerothOrder(moving, scope),
                Schedule.linear(),
                kept);
    String said =
        "tune moved %d numbers in %d constants; the held-out distance to the original went from"
            + " %.3g to %.3g%s";
    Model tuned = masters.written(best);
    List<Double> distances =
        distillation.distances(scope.original(), List.of(scope.model(), tuned));
    boolean better = distances.get(1) < distances.get(0);
    return outcome(
        better ? tuned : scope.model(),
        said.formatted(
            moving.keySet().stream().mapToLong(Tensor::elements).sum(),
            moving.size(),
            distances.get(0),
            distances.get(1),
            (better ? "" : "; the model stayed as it was")
                + (outcome.failures() == 0
                    ? ""
                    : "; %d steps had no finite loss and were left out"
                        .formatted(outcome.failures()))));
  }

  private Distilled gradient(
      Distillation distillation,
      Model masters,
      Map<Tensor, Boolean> moving,
      PassScope scope,
      Consumer<Learner> kept) {
    Differentiable student = Differentiable.of(Gradients.raised(masters));
    List<String> hindrances = student.hindrances();
    if (!hindrances.isEmpty()) {
      throw noGradient(hindrances.get(0), "it computes with integers in one operator");
    }
    List<Variable> variables = new ArrayList<>();
    moving.forEach((t, signed) -> variables.add(variable(t, signed)));
    try {
      return distillation.run(
          scope.original(),
          student.model(),
          (model, loss) ->
              Trainer.open(model, loss, variables, student.surrogates(), scope.engine()),
          Schedule.linear(),
          kept);
    } catch (CompressorException e) {
      if (e.code() == ErrorCode.MODEL || e.code() == ErrorCode.USAGE) {
        throw noGradient(e.where(), String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private static CompressorException noGradient(String where, String why) {
    return new CompressorException(
        ErrorCode.MODEL,
        where,
        "tune cannot differentiate the model: " + why,
        "use method: zeroth-order, which runs the model forward only");
  }

  private Variable variable(Tensor initial, boolean keepsSign) {
    float[] values = initial.toFloats();
    float least = SMALLEST;
    for (float v : values) {
      least = Math.min(least, v);
    }
    double rms = RootMeanSquare.of(values) + RMS_FLOOR;
    Optimizer.Factory adam = Optimizer.adamW(0);
    boolean positive = keepsSign && least >= 0;
    return new Variable(
        initial,
        positive ? Optimizer.within(least, Float.MAX_VALUE, adam) : adam,
        options.learningRate() * rms);
  }

  private BiFunction<Model, String, Learner> zerothOrder(
      Map<Tensor, Boolean> moving, PassScope scope) {
    List<ZerothOrder.Moving> constants = new ArrayList<>();
    moving.forEach((t, signed) -> constants.add(new ZerothOrder.Moving(t, signed)));
    ZerothOrder.Options how =
        new ZerothOrder.Options(options.epsilon(), options.learningRate(), options.clip(), seed);
    return (model, loss) -> ZerothOrder.open(model, loss, constants, how, scope.engine());
  }

  private static PassOutcome outcome(Model model, String said) {
    return new PassOutcome(model, List.of(), List.of(), List.of(said));
  }

  private static String word(TuneOptions.What what) {
    return what.name().toLowerCase(java.util.Locale.ROOT);
  }
}
