package io.compressor.recipe;

import static io.compressor.recipe.OptionSpec.choice;
import static io.compressor.recipe.OptionSpec.flag;
import static io.compressor.recipe.OptionSpec.number;
import static io.compressor.recipe.OptionSpec.whole;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Options of the {@code maestro} pass.
 *
 * @param size of the weights that the step matches, afterwards; set when neither energy nor rank is
 * @param energy share of each weight's energy to keep
 * @param rank of every weight
 * @param whiten whether importance is judged on data; empty = where there is data
 * @param steps batches to learn from; 0 = no learning
 * @param ordered share of the steps with ordered dropout, before ranks are chosen
 * @param lambda weight of the hierarchical group lasso
 * @param halvings how often lambda may be halved
 * @param objective what the cut model learns from
 */
public record MaestroOptions(
    Optional<Limit> size,
    OptionalDouble energy,
    OptionalInt rank,
    Init init,
    Optional<Boolean> whiten,
    int steps,
    double ordered,
    Sampling sampling,
    double lambda,
    int halvings,
    Objective objective,
    int batch,
    double learningRate,
    boolean constants)
    implements PassOptions {

  /** Where factors begin. */
  public enum Init {
    SVD,
    RANDOM
  }

  /** What one step of ordered dropout cuts. */
  public enum Sampling {
    /** One weight. */
    LAYER,
    /** Every weight, each to its own rank. */
    ALL
  }

  /** What the cut model learns from. */
  public enum Objective {
    /** The original's values after each block. */
    DISTILL,
    /** The labels of the calibration data. */
    LABELS
  }

  private static final Limit HALF = new Limit(Limit.Unit.FRACTION, 0.5);

  static final PassDescriptor DESCRIPTOR =
      new PassDescriptor(
          "maestro",
          "Writes weights as products of two smaller ones, their ranks chosen where they cost least,"
              + " and lets the factors learn to make what the original makes.",
          "Horvath et al. 2024 (Maestro, ICML, arXiv:2308.14929)",
          List.of(
              OptionSpec.optional(
                  "size",
                  new OptionType.Amount(Set.of(Limit.Unit.FRACTION, Limit.Unit.BYTES)),
                  "What the matching weights may take together afterwards; 50% when neither energy"
                      + " nor rank is given."),
              OptionSpec.optional(
                  "energy",
                  new OptionType.Real(0, 1),
                  "Instead of size: share of the squared singular values that each weight keeps."),
              OptionSpec.optional(
                  "rank",
                  new OptionType.Whole(1, 1 << 20),
                  "Instead of size: the rank of every weight; those that it would make larger"
                      + " stay."),
              choice(
                  "init",
                  Init.SVD,
                  "Where the factors begin: the weight's singular vectors, or random numbers.",
                  "Maestro: SVD of the weight"),
              OptionSpec.optional(
                  "whiten",
                  new OptionType.Flag(),
                  "Order components by what they add to the layer's output on calibration data"
                      + " instead of by singular value; true where data is given."),
              whole(
                  "steps",
                  0,
                  1_000_000,
                  300,
                  "Batches to learn from, both phases together; 0 = the truncated decomposition as"
                      + " it is.",
                  "ours; published: 300 epochs"),
              number(
                  "ordered",
                  0,
                  1,
                  0.5,
                  "Share of the steps with ordered dropout; then ranks are chosen, and the rest of"
                      + " the steps is for the smaller model.",
                  "ours; published: 1"),
              choice(
                  "sampling",
                  Sampling.LAYER,
                  "Ordered dropout cuts one weight a step (layer), or each of them to a rank of its"
                      + " own (all).",
                  "Maestro: layer"),
              number(
                  "lambda",
                  0,
                  1e6,
                  0,
                  "Weight of the hierarchical group lasso in the ordered phase; 0 = off.",
                  "Maestro also reports 0"),
              whole(
                  "halvings",
                  0,
                  20,
                  0,
                  "How often the ordered phase is run again at half the lambda, as long as what is"
                      + " left fits the size.",
                  "Maestro: begin large and halve"),
              choice(
                  "objective",
                  Objective.DISTILL,
                  "What the model learns from at its chosen ranks: the original, or labels of the"
                      + " calibration data. Ordered dropout learns from the original.",
                  "Maestro: labels"),
              whole("batch", 1, 4096, 16, "Samples in a batch.", "ours"),
              number(
                  "learning-rate",
                  0,
                  1,
                  0.005,
                  "How far a factor moves in the first step, as a share of its root mean square;"
                      + " falls to 0 along a line.",
                  "ours"),
              flag("constants", true, "Learn biases and norm gains too.", "ours")),
          MaestroOptions::of);

  @Override
  public boolean needsCalibration() {
    return steps > 0 || whiten.orElse(false);
  }

  private static MaestroOptions of(OptionValues v) {
    List<String> goals = Stream.of("size", "energy", "rank").filter(v::has).toList();
    if (goals.size() > 1) {
      throw v.reject(
          goals.get(1),
          "%s and %s both say how small the weights get".formatted(goals.get(0), goals.get(1)),
          "keep one of them");
    }
    Init init = v.choice("init", Init.class);
    int steps = v.whole("steps");
    if (init == Init.RANDOM && steps == 0) {
      throw v.reject("init", "random factors that never learn make a random model", "give steps");
    }
    if (init == Init.RANDOM && v.has("whiten") && v.flag("whiten")) {
      throw v.reject("whiten", "whiten means nothing to random factors", "remove it");
    }
    if (steps == 0 && v.isChosen("objective")) {
      throw v.reject("objective", "objective means nothing where nothing learns", "give steps");
    }
    double lambda = v.number("lambda");
    if (v.whole("halvings") > 0
        && (lambda == 0 || goals.equals(List.of("energy")) || v.has("rank"))) {
      throw v.reject("halvings", "halvings needs a lambda to halve and a size to fit", "");
    }
    return new MaestroOptions(
        goals.isEmpty() ? Optional.of(HALF) : v.amountIfSet("size"),
        v.numberIfSet("energy"),
        v.wholeIfSet("rank").isPresent() ? OptionalInt.of(v.whole("rank")) : OptionalInt.empty(),
        init,
        v.has("whiten") ? Optional.of(v.flag("whiten")) : Optional.empty(),
        steps,
        v.number("ordered"),
        v.choice("sampling", Sampling.class),
        lambda,
        v.whole("halvings"),
        v.choice("objective", Objective.class),
        v.whole("batch"),
        v.number("learning-rate"),
        v.flag("constants"));
  }
}
