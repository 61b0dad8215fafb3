package io.compressor.recipe;

import static io.compressor.recipe.OptionSpec.choice;
import static io.compressor.recipe.OptionSpec.flag;
import static io.compressor.recipe.OptionSpec.number;
import static io.compressor.recipe.OptionSpec.whole;

import java.util.List;

/**
 * Options of the {@code reste} pass.
 *
 * @param weightsOnly whether activations stay what they are (1W32A) or become ±1 too (1W1A)
 * @param estimator how gradients pass the sign
 * @param oEnd o at the end of training; it begins at 1
 * @param t gradients of values further from zero are zero
 * @param m slopes of values nearer to zero are that of the line from 0 to m
 * @param scale what shares a factor mean|w|
 * @param objective what is learnt from
 * @param temperature of distillation
 * @param steps batches to learn from
 * @param batch samples in a step
 * @param learningRate at the start; falls to 0 along a cosine
 * @param decay of weights, decoupled
 * @param pad pixels that images are moved by while learning
 * @param flip whether images are mirrored while learning
 * @param activations what becomes of float activations in front of binary weights
 */
public record ResteOptions(
    boolean weightsOnly,
    Estimator estimator,
    double oEnd,
    double t,
    double m,
    Scale scale,
    Objective objective,
    double temperature,
    int steps,
    int batch,
    Optimizer optimizer,
    double learningRate,
    double decay,
    int pad,
    boolean flip,
    Activations activations)
    implements PassOptions {

  /** How a gradient passes the sign. */
  public enum Estimator {
    RESTE,
    STE
  }

  /** What shares one factor. */
  public enum Scale {
    LAYER,
    CHANNEL
  }

  /** What is learnt from. */
  public enum Objective {
    LABELS,
    DISTILL,
    BOTH
  }

  /** How weights move. */
  public enum Optimizer {
    SGD,
    ADAMW
  }

  /** Whether activations are rounded to 8 bits where they meet binary weights. */
  public enum Activations {
    NONE,
    INT8
  }

  private static final double SGD_RATE = 0.05;
  private static final double ADAM_RATE = 0.002;

  static final PassDescriptor DESCRIPTOR =
      new PassDescriptor(
          "reste",
          "Binary weights, and activations if wanted, that learn: each weight is ±1 times a factor of"
              + " its layer; gradients pass the sign by an estimator that grows from straight-through"
              + " towards the sign.",
          "Wu et al. 2023 (ReSTE, arXiv:2308.06689)",
          List.of(
              flag(
                  "weights-only",
                  false,
                  "Leave activations as they are (1W32A) instead of making them ±1 too (1W1A).",
                  "both are published"),
              choice(
                  "estimator",
                  ResteOptions.Estimator.RESTE,
                  "reste: slope of sign(z)|z|^(1/o); ste: 1. Both are 0 beyond t.",
                  "ReSTE; ste is its baseline"),
              number(
                  "o-end", 1, 100, 3, "Power o at the end; grows from 1 along 1 − cos.", "ReSTE"),
              number("t", 0.01, 100, 1.5, "Where gradients stop.", "ReSTE"),
              number(
                  "m",
                  0.001,
                  1,
                  0.1,
                  "Below it the slope is that of the line from 0 to the estimator at m.",
                  "ReSTE"),
              choice(
                  "scale",
                  ResteOptions.Scale.LAYER,
                  "What shares a factor mean|w|: the whole layer, or each output channel.",
                  "ReSTE: layer"),
              choice(
                  "objective",
                  ResteOptions.Objective.DISTILL,
                  "labels: cross-entropy with the data's labels; distill: the original's outputs, no"
                      + " labels needed; both: their sum.",
                  "ReSTE: labels"),
              number(
                  "temperature",
                  0.1,
                  100,
                  2,
                  "Of distilled scores.",
                  "Hinton et al. 2015: 1 to 20"),
              whole("steps", 1, 10_000_000, 2000, "Batches to learn from.", "ReSTE: 1000 epochs"),
              whole("batch", 1, 4096, 64, "Samples in a batch.", "ReSTE: 256"),
              choice(
                  "optimizer",
                  ResteOptions.Optimizer.ADAMW,
                  "How weights move; sgd has momentum 0.9.",
                  "ReSTE: sgd, from scratch"),
              OptionSpec.optional(
                  "learning-rate",
                  new OptionType.Real(0, 10),
                  "At the start, after a short rise; falls to 0 along a cosine. 0.002 for adamw and"
                      + " 0.05 for sgd when not given."),
              number("decay", 0, 1, 1e-4, "Decoupled decay of weights.", "ReSTE"),
              whole("pad", 0, 64, 0, "Pixels that images are moved by at random.", "ReSTE: 4"),
              flag("flip", false, "Mirror images at random.", "ReSTE"),
              choice(
                  "activations",
                  ResteOptions.Activations.INT8,
                  "With weights-only: int8 rounds activations to 8 bits for the integer kernels, none"
                      + " computes what training computed.",
                  "fastest kernel of each operator on ORT's CPU provider")),
          ResteOptions::of);

  @Override
  public boolean needsCalibration() {
    return true;
  }

  private static ResteOptions of(OptionValues v) {
    Optimizer optimizer = v.choice("optimizer", Optimizer.class);
    Estimator estimator = v.choice("estimator", Estimator.class);
    if (estimator == Estimator.STE) {
      for (String name : List.of("o-end", "m")) {
        if (v.isChosen(name)) {
          throw v.reject(name, name + " means nothing to estimator ste", "remove it");
        }
      }
    }
    if (v.number("m") >= v.number("t")) {
      throw v.reject("m", "m is not below t", "published: m 0.1, t 1.5");
    }
    if (!v.flag("weights-only") && v.isChosen("activations")) {
      throw v.reject(
          "activations", "activations are ±1 already", "remove it, or set weights-only: true");
    }
    return new ResteOptions(
        v.flag("weights-only"),
        estimator,
        v.number("o-end"),
        v.number("t"),
        v.number("m"),
        v.choice("scale", Scale.class),
        v.choice("objective", Objective.class),
        v.number("temperature"),
        v.whole("steps"),
        v.whole("batch"),
        optimizer,
        v.numberIfSet("learning-rate").orElse(optimizer == Optimizer.SGD ? SGD_RATE : ADAM_RATE),
        v.number("decay"),
        v.whole("pad"),
        v.flag("flip"),
        v.choice("activations", Activations.class));
  }
}
