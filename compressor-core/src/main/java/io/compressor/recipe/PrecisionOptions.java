package io.compressor.recipe;

import static io.compressor.recipe.OptionSpec.choice;
import static io.compressor.recipe.OptionSpec.flag;
import static io.compressor.recipe.OptionSpec.number;
import static io.compressor.recipe.OptionSpec.whole;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Options of the {@code precision} pass.
 *
 * @param levels widths that a weight may have, widest first; 16 stands for left in float
 * @param interaction how terms between layers are found
 * @param objective what is to be saved
 * @param order in which weights are made narrower
 * @param maxDrop of the metric that may be lost, in its own units; empty = the budget's, else the
 *     gate's, else 0.001
 * @param metric on held-out samples; empty = the gate's, else what the data allows
 * @param loss distance of outputs that sensitivities are measured in
 * @param samples that sensitivities are measured on; the others decide
 * @param polish whether weights that the bisection left are tried one by one
 * @param draws vectors of random signs for traces (order: hessian)
 */
public record PrecisionOptions(
    List<Integer> levels,
    Interaction interaction,
    Objective objective,
    Order order,
    OptionalDouble maxDrop,
    Optional<String> metric,
    Loss loss,
    int samples,
    boolean polish,
    int draws,
    QuantizeOptions.Method method,
    int group,
    QuantizeOptions.Activations activations,
    QuantizeOptions.Calibration calibration,
    double smooth)
    implements PassOptions {

  /** How terms between layers are found. */
  public enum Interaction {
    NONE,
    /** From losses with two weights changed: no gradients. */
    LOSS_PAIR,
    /** From products with the Hessian. */
    HVP
  }

  /** What narrower weights are to save. */
  public enum Objective {
    LATENCY,
    SIZE
  }

  /** Which weights become narrower first. */
  public enum Order {
    /** Least loss with its terms between layers, for what is saved. */
    AUGMENTED,
    /** Least trace of the Hessian times squared rounding error, for what is saved. */
    HESSIAN,
    /** Least loss by itself, for what is saved. */
    LOSS,
    RANDOM,
    /** First layers first. */
    LAST_LAYERS
  }

  /** Distance of outputs from the original's. */
  public enum Loss {
    /** kl for labelled data and logits, else mse. */
    AUTO,
    MSE,
    KL,
    COSINE
  }

  /** Bits of a weight that is left in float. */
  public static final int FLOAT = 16;

  static final PassDescriptor DESCRIPTOR =
      new PassDescriptor(
          "precision",
          "Gives each weight as few bits as a limit on the loss of quality allows, the least"
              + " sensitive first.",
          "Schaefer et al. 2023 (Augmenting Hessians, arXiv:2306.04879); our reading",
          List.of(
              new OptionSpec(
                  "levels",
                  new OptionType.Many(new OptionType.Whole(2, FLOAT)),
                  Optional.of(
                      new OptionValue.Many(
                          List.of(
                              new OptionValue.Whole(16),
                              new OptionValue.Whole(8),
                              new OptionValue.Whole(4),
                              new OptionValue.Whole(2)))),
                  "Widths a weight may have; 16 = left in float.",
                  "Schaefer et al.: 16, 8, 4"),
              choice(
                  "interaction",
                  Interaction.HVP,
                  "How terms between layers are found: hvp by products with the Hessian, loss-pair by"
                      + " changing two weights at a time; none leaves them out.",
                  "Schaefer et al."),
              choice(
                  "objective",
                  Objective.LATENCY,
                  "What is to be saved; with latency, widths that this machine does not run faster"
                      + " are not taken.",
                  "Schaefer et al."),
              choice(
                  "order",
                  Order.AUGMENTED,
                  "Which weights become narrower first; the others are baselines.",
                  "Schaefer et al."),
              OptionSpec.optional(
                  "max-drop",
                  new OptionType.Real(0, 1e6),
                  "Largest drop of the metric on held-out calibration samples, in its own units;"
                      + " absent = the budget's or the gate's, else 0.001."),
              OptionSpec.optional(
                  "metric",
                  new OptionType.Choice(Gates.METRICS),
                  "What may drop; absent = the gate's, else top1 or probe-top1 with labels, spearman"
                      + " with scores, cosine without either."),
              choice(
                  "loss",
                  Loss.AUTO,
                  "Distance of outputs in which sensitivities are measured; auto = kl for logits with"
                      + " labels, else mse.",
                  "needs no labels"),
              whole(
                  "samples",
                  1,
                  1 << 20,
                  64,
                  "Samples that sensitivities are measured on; those that are left decide what is"
                      + " good enough.",
                  "ours"),
              flag(
                  "polish",
                  true,
                  "Try weights that the bisection left one by one.",
                  "arXiv:2302.01382, greedy search"),
              whole(
                  "draws",
                  2,
                  10000,
                  32,
                  "Random vectors for traces (order: hessian).",
                  "50 to 100 published"),
              choice(
                  "method",
                  QuantizeOptions.Method.RTN,
                  "How codes are chosen, as in quantize.",
                  ""),
              whole(
                  "group",
                  0,
                  1 << 20,
                  32,
                  "Inputs that share a scale below 8 bits; 0 = one scale per output channel.",
                  "preset small"),
              choice(
                  "activations",
                  QuantizeOptions.Activations.AUTO,
                  "What weights are multiplied with, as in quantize.",
                  "fastest kernel of each operator on ORT's CPU provider"),
              choice(
                  "calibration",
                  QuantizeOptions.Calibration.PERCENTILE,
                  "How static activation ranges are chosen.",
                  "preset int8"),
              number(
                  "smooth",
                  0,
                  1,
                  0.8,
                  "SmoothQuant's alpha, as in quantize; 0 = off.",
                  "preset int8")),
          PrecisionOptions::of);

  public PrecisionOptions {
    levels = List.copyOf(levels);
  }

  /** The defaults. */
  public static PrecisionOptions defaults() {
    return of(
        OptionValues.read(
            DESCRIPTOR.options(),
            new ConfigNode.Mapping(java.util.Map.of(), Origin.DEFAULT),
            DESCRIPTOR.name()));
  }

  /** The same for a file that has to be small: embedding tables take part too. */
  public PrecisionOptions forSize() {
    return new PrecisionOptions(
        levels,
        interaction,
        Objective.SIZE,
        order,
        maxDrop,
        metric,
        loss,
        samples,
        polish,
        draws,
        method,
        group,
        activations,
        calibration,
        smooth);
  }

  /** How weights of a width are quantized. */
  public QuantizeOptions at(int bits) {
    return new QuantizeOptions(
        method,
        bits,
        bits == 8 ? 0 : group,
        true,
        true,
        activations,
        calibration,
        0.01,
        method == QuantizeOptions.Method.GPTQ,
        objective == Objective.SIZE ? bits : 0,
        activations == QuantizeOptions.Activations.NONE ? 0 : smooth,
        true,
        List.of());
  }

  /** Widths below float, widest first. */
  public List<Integer> widths() {
    return levels.stream().filter(l -> l != FLOAT).toList();
  }

  @Override
  public boolean needsCalibration() {
    return true;
  }

  private static PrecisionOptions of(OptionValues v) {
    List<Integer> levels = v.wholes("levels");
    if (!levels.contains(FLOAT)
        || levels.size() < 2
        || new HashSet<>(levels).size() != levels.size()
        || levels.stream().anyMatch(l -> l > 8 && l != FLOAT)) {
      throw v.reject(
          "levels",
          "levels is %s, expected 16 and one or more different widths from 2 to 8"
              .formatted(levels),
          "16 stands for left in float");
    }
    Interaction interaction = v.choice("interaction", Interaction.class);
    Order order = v.choice("order", Order.class);
    return new PrecisionOptions(
        levels.stream().sorted(Comparator.reverseOrder()).toList(),
        order == Order.AUGMENTED ? interaction : Interaction.NONE,
        v.choice("objective", Objective.class),
        order,
        v.numberIfSet("max-drop"),
        v.textIfSet("metric"),
        v.choice("loss", Loss.class),
        v.whole("samples"),
        v.flag("polish"),
        v.whole("draws"),
        v.choice("method", QuantizeOptions.Method.class),
        v.whole("group"),
        v.choice("activations", QuantizeOptions.Activations.class),
        v.choice("calibration", QuantizeOptions.Calibration.class),
        v.number("smooth"));
  }
}
