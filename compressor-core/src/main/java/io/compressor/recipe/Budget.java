package io.compressor.recipe;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What the result may cost; any subset.
 *
 * @param size of the file
 * @param latency of one run
 * @param maxDrop of the gate's metric, in its own units (0.5% is 0.005)
 */
public record Budget(
    Optional<Limit> size, Optional<Limit> latency, OptionalDouble maxDrop, Search search) {

  /** How the budget is spent. */
  public enum Search {
    /** Each step by itself. */
    PER_STEP,
    /** One allocator over the options of all steps. */
    JOINT
  }

  /** No limit. */
  public static final Budget NONE =
      new Budget(Optional.empty(), Optional.empty(), OptionalDouble.empty(), Search.PER_STEP);

  static final List<OptionSpec> OPTIONS =
      List.of(
          OptionSpec.optional(
              "size",
              new OptionType.Amount(Set.of(Limit.Unit.FRACTION, Limit.Unit.BYTES)),
              "Largest file."),
          OptionSpec.optional(
              "latency",
              new OptionType.Amount(Set.of(Limit.Unit.FRACTION, Limit.Unit.MILLIS)),
              "Slowest run."),
          OptionSpec.optional(
              "max-drop",
              new OptionType.Real(0, 1e6),
              "Largest drop of the gate's metric, in its own units."),
          OptionSpec.choice(
              "search",
              Search.PER_STEP,
              "joint lets one allocator mix the methods of all steps.",
              ""));

  /** Whether nothing is limited. */
  public boolean isUnlimited() {
    return size.isEmpty() && latency.isEmpty() && maxDrop.isEmpty();
  }

  static Budget of(OptionValues v) {
    return new Budget(
        v.amountIfSet("size"),
        v.amountIfSet("latency"),
        v.numberIfSet("max-drop"),
        v.choice("search", Search.class));
  }
}
