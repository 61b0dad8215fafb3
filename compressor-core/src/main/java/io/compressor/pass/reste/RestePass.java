package io.compressor.pass.reste;

import io.compressor.autodiff.Gradients;
import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import io.compressor.formats.file.ContentHash;
import io.compressor.graph.Site;
import io.compressor.graph.Skipped;
import io.compressor.ir.Dim;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.ir.TensorType;
import io.compressor.ir.Value;
import io.compressor.pass.Pass;
import io.compressor.pass.PassOutcome;
import io.compressor.pass.PassPlan;
import io.compressor.pass.PassScope;
import io.compressor.pass.PlannedSite;
import io.compressor.pass.Prepared;
import io.compressor.recipe.ResteOptions;
import io.compressor.statistics.ActivationStatistics;
import io.compressor.train.Optimizer;
import io.compressor.train.Schedule;
import io.compressor.train.Variable;
import io.compressor.train.task.Augmentation;
import io.compressor.train.task.Batches;
import io.compressor.train.task.Learnables;
import io.compressor.train.task.Lesson;
import io.compressor.train.task.Objective;
import io.compressor.train.task.Training;
import io.compressor.train.task.TrainingForm;
import io.compressor.train.task.TrainingOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Binary weights, and activations if wanted, that learn on calibration data: forward signs times a
 * factor of the layer, backward an estimator that grows from straight-through towards the sign.
 *
 * <p>Source: Wu et al. 2023, ReSTE (arXiv 2308.06689). Published: from scratch, labels, SGD; here
 * from the given model, whatever it has learnt.
 *
 * @param seed of order and augmentation
 */
public record RestePass(ResteOptions options, long seed) implements Pass {
  private static final int LOOKS = 10;
  private static final double WARM_UP = 0.05;
  private static final int HOLD_OUT = 20;
  private static final int MOST_HELD = 2000;
  private static final double CLIP = 5;

  @Override
  public String id() {
    return "reste";
  }

  @Override
  public Prepared prepare(Model model) {
    return Prepared.asIs(Gradients.raised(model));
  }

  @Override
  public PassPlan plan(PassScope scope) {
    BinarySites sites = BinarySites.of(scope.model(), scope.sites(), options.weightsOnly());
    return new PassPlan(
        sites.binary().stream().map(s -> planned(s, sites)).toList(), sites.skipped());
  }

  private static PlannedSite planned(Site site, BinarySites sites) {
    boolean signed = sites.signed().contains(site.name());
    return new PlannedSite(
        site,
        signed ? "1-bit weights and inputs" : "1-bit weights",
        signed ? "binary-int8" : "table",
        site.node().opType(),
        (site.parameters() + 7) / 8 + 4L * site.out(),
        16 * site.parameters(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        "learnt with one bit a weight");
  }

  @Override
  public PassOutcome run(PassScope scope, ActivationStatistics statistics) {
    Model model = scope.model();
    BinarySites sites = BinarySites.of(model, scope.sites(), options.weightsOnly());
    if (sites.binary().isEmpty()) {
      return new PassOutcome(
          model, List.of(), sites.skipped(), List.of("reste found no weight to make binary"));
    }
    Estimator estimator = Estimator.of(options);
    BinaryModel binary =
        BinaryModel.of(model, sites, estimator, options.scale() == ResteOptions.Scale.CHANNEL);
    TrainingForm form = TrainingForm.of(binary.model());
    Indicators indicators = new Indicators(estimator, binary.latents().values(), options.steps());
    Training.Outcome outcome =
        new Training(
                scope.original(),
                batches(scope),
                training(scope, sites),
                scope.engine(),
                scope.progress())
            .run(
                new Lesson(
                    form,
                    variables(form),
                    binary.surrogates(),
                    objective(model),
                    inputs(estimator)),
                indicators::look);
    Map<String, Tensor> values = new LinkedHashMap<>(outcome.values());
    Map<String, float[]> factors = new LinkedHashMap<>();
    for (Site site : sites.binary()) {
      String latent = binary.latents().get(site.name());
      float[] w =
          BinaryModel.binary(
              site,
              java.util.Objects.requireNonNull(values.remove(latent)).toFloats(),
              options.scale() == ResteOptions.Scale.CHANNEL);
      String name = site.weight().name();
      values.put(name, Tensor.ofFloats(name, site.weight().dims(), w));
      factors.put(site.name(), rowSizes(site, w));
    }
    Model plain = TrainingForm.of(model).with(values);
    BinaryWriter.Written written =
        new BinaryWriter(scope, sites, options.activations() == ResteOptions.Activations.INT8)
            .write(plain, withInputsOf(model, outcome.model()), factors);
    List<Skipped> skipped = new ArrayList<>(sites.skipped());
    return new PassOutcome(
        written.model(), written.decisions(), skipped, notes(outcome, indicators, sites));
  }

  /** |w| of each row of a binary weight. */
  private static float[] rowSizes(Site site, float[] stored) {
    float[] w = site.layout().toMatrix(stored.clone());
    float[] sizes = new float[site.out()];
    for (int r = 0; r < sizes.length; r++) {
      sizes[r] = Math.max(Math.abs(w[r * site.in()]), Float.MIN_NORMAL);
    }
    return sizes;
  }

  private static Model withInputsOf(Model model, Model learnt) {
    return learnt.withGraph(learnt.graph().withInputs(model.graph().requiredInputs()));
  }

  private List<Variable> variables(TrainingForm form) {
    boolean sgd = options.optimizer() == ResteOptions.Optimizer.SGD;
    Learnables all = Learnables.of(form.inference());
    List<Tensor> weights = new ArrayList<>(all.weights());
    form.inference()
        .graph()
        .initializers()
        .forEach(
            (name, t) -> {
              if (name.endsWith("/latent")) {
                weights.add(t);
              }
            });
    return new Learnables(weights, all.vectors())
        .variables(
            sgd ? Optimizer.sgd(0.9, options.decay()) : Optimizer.adamW(options.decay()),
            sgd ? Optimizer.sgd(0.9, 0) : Optimizer.adamW(0),
            options.learningRate());
  }

  private Batches batches(PassScope scope) {
    Batches.Plan plan = Batches.Plan.of(options.batch(), seed).holdingOut(HOLD_OUT, MOST_HELD);
    if (options.objective() != ResteOptions.Objective.DISTILL) {
      plan = plan.labelled(Objective.LABELS);
    }
    if (options.pad() > 0 || options.flip()) {
      plan =
          plan.augmented(new Augmentation(image(scope.model()), options.pad(), options.flip(), 0));
    }
    return Batches.of(scope.calibration().orElseThrow(), plan);
  }

  private static String image(Model model) {
    List<String> images =
        model.graph().requiredInputs().stream()
            .filter(v -> v.type().flatMap(TensorType::dims).map(d -> d.size() >= 3).orElse(false))
            .map(Value::name)
            .toList();
    if (images.size() != 1) {
      throw new CompressorException(
          ErrorCode.RECIPE,
          "reste",
          "pad and flip vary images, and the model has %d inputs that could hold them"
              .formatted(images.size()),
          "leave out pad and flip");
    }
    return images.get(0);
  }

  /** Two steps of one recipe have a file each. */
  private TrainingOptions training(PassScope scope, BinarySites sites) {
    String first = ContentHash.of(sites.binary().get(0).weight().data());
    String of = ContentHash.of(options + " " + seed + " " + first).substring(0, 16);
    TrainingOptions plain =
        TrainingOptions.of(options.steps(), Schedule.cosine(WARM_UP), LOOKS).clipping(CLIP);
    return scope.files().checkpoint("reste-" + of).map(plain::checkpointing).orElse(plain);
  }

  private Objective objective(Model model) {
    Value first = model.graph().outputs().get(0);
    List<Dim> dims = first.type().flatMap(TensorType::dims).orElse(List.of());
    Objective taught =
        dims.size() == 2
            ? Objective.distill(first.name(), options.temperature())
            : Objective.match(model.graph().outputs().stream().map(Value::name).toList());
    return switch (options.objective()) {
      case LABELS -> Objective.labels(first.name());
      case DISTILL -> taught;
      case BOTH -> Objective.labels(first.name()).plus(1, taught);
    };
  }

  private static Lesson.StepInputs inputs(Estimator estimator) {
    return new Lesson.StepInputs() {
      @Override
      public Map<String, Tensor> at(int step, int steps) {
        return Estimator.feeds(estimator.o((double) step / steps));
      }

      @Override
      public Map<String, Tensor> judging() {
        return Estimator.feeds(1);
      }
    };
  }

  private List<String> notes(Training.Outcome outcome, Indicators indicators, BinarySites sites) {
    List<String> notes = new ArrayList<>();
    notes.add(
        "reste made %d weights binary, %d with binary inputs; held-out samples: %s at first, %s kept"
            .formatted(
                sites.binary().size(),
                sites.signed().size(),
                outcome.curve().get(0),
                outcome.bestPoint()));
    notes.add(
        "reste indicators (step: o, estimating error, gradient instability): "
            + indicators.looks().stream()
                .map(
                    l ->
                        "%d: %.2f, %.4g, %.3g"
                            .formatted(l.step(), l.o(), l.error(), l.instability()))
                .collect(Collectors.joining("; ")));
    if (outcome.failures() > 0) {
      notes.add("%d steps had no finite loss".formatted(outcome.failures()));
    }
    return notes;
  }
}
