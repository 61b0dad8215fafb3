package io.compressor.recipe;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * When the result is good enough; any subset. Without a limit, metrics are reported only.
 *
 * @param maxDrop of each metric, in its own units (0.5% is 0.005)
 * @param confidence of the one-sided interval whose end is compared; empty = the point estimate
 */
public record Gates(
    List<String> metrics,
    OptionalDouble maxDrop,
    OptionalDouble confidence,
    Optional<Limit> maxSize,
    Optional<Limit> maxLatency) {

  /** No gate. */
  public static final Gates NONE =
      new Gates(
          List.of(),
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          Optional.empty(),
          Optional.empty());

  /** Names of the metrics, with labels first, then those that need only the base model. */
  public static final List<String> METRICS =
      List.of(
          "top1",
          "top5",
          "f1",
          "mcc",
          "perplexity",
          "mse",
          "mae",
          "spearman",
          "probe-top1",
          "agreement",
          "cosine",
          "sqnr",
          "kl",
          "max-abs");

  static final List<OptionSpec> OPTIONS =
      List.of(
          OptionSpec.list("metric", new OptionType.Choice(METRICS), "What is measured."),
          OptionSpec.optional(
              "max-drop",
              new OptionType.Real(0, 1e6),
              "Largest drop of each metric, in its own units."),
          OptionSpec.optional(
              "confidence",
              new OptionType.Real(0.5, 0.9999),
              "Compare the end of the drop's one-sided interval; absent = the point estimate."),
          OptionSpec.optional(
              "max-size",
              new OptionType.Amount(Set.of(Limit.Unit.FRACTION, Limit.Unit.BYTES)),
              "Largest file."),
          OptionSpec.optional(
              "max-latency",
              new OptionType.Amount(Set.of(Limit.Unit.FRACTION, Limit.Unit.MILLIS)),
              "Slowest run."));

  public Gates {
    metrics = List.copyOf(metrics);
  }

  static Gates of(OptionValues v) {
    if (v.has("confidence") && !v.has("max-drop")) {
      throw v.reject("confidence", "confidence without max-drop decides nothing", "add max-drop");
    }
    return new Gates(
        v.texts("metric"),
        v.numberIfSet("max-drop"),
        v.numberIfSet("confidence"),
        v.amountIfSet("max-size"),
        v.amountIfSet("max-latency"));
  }
}
