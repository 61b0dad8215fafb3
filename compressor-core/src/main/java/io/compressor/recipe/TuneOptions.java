package io.compressor.recipe;

import static io.compressor.recipe.OptionSpec.choice;
import static io.compressor.recipe.OptionSpec.number;
import static io.compressor.recipe.OptionSpec.whole;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Options of the {@code tune} pass.
 *
 * @param what is tuned
 * @param method how
 * @param steps batches to learn from
 * @param batch samples in a step
 * @param learningRate share of a constant's root mean square: what it may move by in the first step
 *     (gradient), or factor of the derivative (zeroth-order)
 * @param epsilon distance of the two forward passes of zeroth order, as a share of the same
 * @param clip largest derivative along a direction that zeroth order believes
 */
public record TuneOptions(
    List<What> what,
    Method method,
    int steps,
    int batch,
    double learningRate,
    double epsilon,
    double clip)
    implements PassOptions {

  /** Kinds of constants. */
  public enum What {
    SCALES,
    NORMS,
    BIASES
  }

  /** Where the direction of a step comes from. */
  public enum Method {
    GRADIENT,
    ZEROTH_ORDER
  }

  private static final double GRADIENT_RATE = 0.001;
  private static final double ZEROTH_RATE = 0.02;

  static final PassDescriptor DESCRIPTOR =
      new PassDescriptor(
          "tune",
          "After a quantizing step: moves the scales, norm gains and biases of the written model so"
              + " that it makes what the original makes; codes stay.",
          "Shang et al. 2025 (QZO, maifoundations/QZO) for zeroth-order; gradient is ours",
          List.of(
              new OptionSpec(
                  "what",
                  new OptionType.Many(OptionType.choice(What.class)),
                  Optional.of(
                      new OptionValue.Many(
                          Stream.of(What.values())
                              .map(w -> (OptionValue) new OptionValue.Text(OptionType.spell(w)))
                              .toList())),
                  "Which constants move.",
                  "QZO moves scales, optionally norms"),
              choice(
                  "method",
                  Method.GRADIENT,
                  "gradient differentiates the model; zeroth-order runs it forward only, twice a"
                      + " step, and works with any operator.",
                  "far more is learnt from a step"),
              whole("steps", 1, 1_000_000, 300, "Batches to learn from.", "QZO: 20,000"),
              whole("batch", 1, 4096, 16, "Samples in a batch.", "QZO"),
              OptionSpec.optional(
                  "learning-rate",
                  new OptionType.Real(0, 10),
                  "As a share of a constant's root mean square: with gradient how far it moves in the"
                      + " first step (0.001 when not given), with zeroth-order the factor of the"
                      + " derivative (0.02); falls to 0 along a line."),
              number(
                  "epsilon",
                  1e-6,
                  1,
                  1e-2,
                  "Zeroth-order: how far the two points lie from the present one, as a share of a"
                      + " constant's root mean square.",
                  "QZO: 0.001, absolute; less drowns in the rounding of activations"),
              number(
                  "clip",
                  1e-6,
                  1e6,
                  100,
                  "Zeroth-order: largest derivative along a direction that is believed.",
                  "QZO: stable from 75")),
          TuneOptions::of);

  public TuneOptions {
    what = List.copyOf(what);
  }

  @Override
  public boolean needsCalibration() {
    return true;
  }

  private static TuneOptions of(OptionValues v) {
    Method method = v.choice("method", Method.class);
    List<What> what =
        v.texts("what").stream()
            .map(w -> What.valueOf(w.toUpperCase(Locale.ROOT)))
            .distinct()
            .toList();
    if (what.isEmpty()) {
      throw v.reject("what", "what is empty: nothing would be tuned", "");
    }
    for (String name : List.of("epsilon", "clip")) {
      if (method == Method.GRADIENT && v.isChosen(name)) {
        throw v.reject(name, name + " means nothing to method gradient", "remove it");
      }
    }
    return new TuneOptions(
        what,
        method,
        v.whole("steps"),
        v.whole("batch"),
        v.numberIfSet("learning-rate")
            .orElse(method == Method.GRADIENT ? GRADIENT_RATE : ZEROTH_RATE),
        v.number("epsilon"),
        v.number("clip"));
  }
}
