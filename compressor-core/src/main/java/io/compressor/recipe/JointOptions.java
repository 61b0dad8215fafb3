package io.compressor.recipe;

import static io.compressor.recipe.OptionSpec.choice;
import static io.compressor.recipe.OptionSpec.number;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Options of the {@code joint} pass.
 *
 * @param levels widths that a weight may have, widest first; 16 stands for left in float
 * @param zeros shares of a weight's elements that may be made 0
 * @param ranks sizes that two factors may have, as shares of the weight's own
 * @param rules what becomes of each weight, instead of a search; weights without one stay
 * @param loss distance of outputs that options are measured in
 * @param samples that options are measured on
 * @param refine rounds in which each weight is measured again among the others as they are by then
 * @param points of the front that are written as recipes and measured
 */
public record JointOptions(
    List<Integer> levels,
    List<Double> zeros,
    List<Double> ranks,
    List<SiteRule> rules,
    PrecisionOptions.Loss loss,
    int samples,
    int refine,
    int points,
    QuantizeOptions.Method method,
    int group,
    QuantizeOptions.Activations activations,
    QuantizeOptions.Calibration calibration,
    double smooth)
    implements PassOptions {

  static final PassDescriptor DESCRIPTOR =
      new PassDescriptor(
          "joint",
          "Spends one budget of bytes or time over all ways to shrink each weight: bits, zeros and"
              + " low rank.",
          "Xu et al. 2023 (RD-prune, arXiv:2308.10438) for the knapsack; over several methods: ours",
          List.of(
              many(
                  "levels",
                  new OptionType.Whole(2, PrecisionOptions.FLOAT),
                  "Widths a weight may have; 16 = left in float.",
                  "ours",
                  whole(16),
                  whole(8),
                  whole(4),
                  whole(3),
                  whole(2)),
              many(
                  "zeros",
                  new OptionType.Real(0, 0.99),
                  "Shares of a weight that may become 0, each taking a bit; its other elements have 2"
                      + " to 4 bits. Empty = none.",
                  "ours",
                  real(0.5),
                  real(0.65),
                  real(0.8),
                  real(0.9)),
              many(
                  "ranks",
                  new OptionType.Real(0.01, 0.95),
                  "Sizes that two factors instead of a weight may have, as shares of its own; they"
                      + " have the same widths. Empty = none.",
                  "ours",
                  real(0.75),
                  real(0.5),
                  real(0.3),
                  real(0.15)),
              OptionSpec.list(
                  "rules",
                  new OptionType.Text("NAME = float, 4-bit, 4-bit 50% zero, rank 96 8-bit, ..."),
                  "What becomes of each weight; nothing is searched, weights without a rule stay."
                      + " Reports list one recipe for each point of the front."),
              choice(
                  "loss",
                  PrecisionOptions.Loss.AUTO,
                  "Distance of outputs that options are measured in; auto = kl for logits with"
                      + " labels, else mse.",
                  "as in precision"),
              OptionSpec.whole(
                  "samples", 1, 1 << 20, 64, "Samples that options are measured on.", "ours"),
              OptionSpec.whole(
                  "refine",
                  0,
                  100,
                  1,
                  "How often each weight is measured again among the others as they are by then, and"
                      + " the budget spent anew; kept where the loss of all together falls.",
                  "prune's refine"),
              OptionSpec.whole(
                  "points",
                  0,
                  1000,
                  12,
                  "Points of the front that the report gives, each with a recipe.",
                  "ours"),
              choice(
                  "method",
                  QuantizeOptions.Method.GPTQ,
                  "How codes are chosen, as in quantize.",
                  "least error"),
              OptionSpec.whole(
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
          JointOptions::of);

  public JointOptions {
    levels = List.copyOf(levels);
    zeros = List.copyOf(zeros);
    ranks = List.copyOf(ranks);
    rules = List.copyOf(rules);
  }

  /** The defaults. */
  public static JointOptions defaults() {
    return of(
        OptionValues.read(
            DESCRIPTOR.options(),
            new ConfigNode.Mapping(java.util.Map.of(), Origin.DEFAULT),
            DESCRIPTOR.name()));
  }

  /** How weights of a width are quantized; tables by row too. */
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
        bits,
        activations == QuantizeOptions.Activations.NONE ? 0 : smooth,
        true,
        List.of());
  }

  /** Widths below float, widest first. */
  public List<Integer> widths() {
    return levels.stream().filter(l -> l != PrecisionOptions.FLOAT).toList();
  }

  @Override
  public boolean needsCalibration() {
    return true;
  }

  private static JointOptions of(OptionValues v) {
    List<Integer> levels = v.wholes("levels");
    if (!levels.contains(PrecisionOptions.FLOAT)
        || new HashSet<>(levels).size() != levels.size()
        || levels.stream().anyMatch(l -> l > 8 && l != PrecisionOptions.FLOAT)) {
      throw v.reject(
          "levels",
          "levels is %s, expected 16 and different widths from 2 to 8".formatted(levels),
          "16 stands for left in float");
    }
    List<SiteRule> rules =
        v.texts("rules").stream()
            .map(
                text ->
                    SiteRule.parse(text)
                        .orElseThrow(
                            () ->
                                v.reject(
                                    "rules",
                                    "'%s' is no rule".formatted(text),
                                    "NAME = TREATMENT, where a treatment is float, 4-bit, 4-bit"
                                        + " 50% zero, rank 96 float or rank 96 8-bit")))
            .toList();
    Optional<String> twice =
        rules.stream()
            .map(SiteRule::site)
            .filter(s -> rules.stream().filter(r -> r.site().equals(s)).count() > 1)
            .findFirst();
    if (twice.isPresent()) {
      throw v.reject("rules", "'%s' has two rules".formatted(twice.get()), "keep one of them");
    }
    return new JointOptions(
        levels.stream().sorted(Comparator.reverseOrder()).toList(),
        v.numbers("zeros"),
        v.numbers("ranks"),
        rules,
        v.choice("loss", PrecisionOptions.Loss.class),
        v.whole("samples"),
        v.whole("refine"),
        v.whole("points"),
        v.choice("method", QuantizeOptions.Method.class),
        v.whole("group"),
        v.choice("activations", QuantizeOptions.Activations.class),
        v.choice("calibration", QuantizeOptions.Calibration.class),
        v.number("smooth"));
  }

  private static OptionSpec many(
      String name, OptionType type, String doc, String source, OptionValue... values) {
    return new OptionSpec(
        name,
        new OptionType.Many(type),
        Optional.of(new OptionValue.Many(List.of(values))),
        doc,
        source);
  }

  private static OptionValue whole(long value) {
    return new OptionValue.Whole(value);
  }

  private static OptionValue real(double value) {
    return new OptionValue.Real(value);
  }
}
