package io.compressor.pipeline;

import io.compressor.evaluate.GateRule;
import io.compressor.recipe.Gates;
import io.compressor.recipe.Limit;
import io.compressor.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The rules that a recipe's gates and budget set for the emitted file. */
final class GateRules {
  private GateRules() {}

  static List<GateRule> of(Recipe recipe) {
    Gates gates = recipe.gates();
    List<GateRule> rules = new ArrayList<>();
    OptionalDouble drop = gates.maxDrop().isPresent() ? gates.maxDrop() : recipe.budget().maxDrop();
    if (drop.isPresent()) {
      for (String metric : gates.metrics()) {
        GateRule.MaxDrop rule = GateRule.maxDrop(metric, drop.getAsDouble());
        rules.add(
            gates.confidence().isPresent()
                ? rule.atConfidence(gates.confidence().getAsDouble())
                : rule);
      }
    }
    first(gates.maxSize(), recipe.budget().size()).map(GateRules::size).ifPresent(rules::add);
    first(gates.maxLatency(), recipe.budget().latency())
        .map(GateRules::latency)
        .ifPresent(rules::add);
    return rules;
  }

  private static Optional<Limit> first(Optional<Limit> gate, Optional<Limit> budget) {
    return gate.or(() -> budget);
  }

  private static GateRule size(Limit limit) {
    return limit.unit() == Limit.Unit.FRACTION
        ? GateRule.maxSizeShare(limit.value())
        : GateRule.maxBytes((long) limit.value());
  }

  private static GateRule latency(Limit limit) {
    return limit.unit() == Limit.Unit.FRACTION
        ? GateRule.maxLatencyShare(limit.value())
        : GateRule.maxMillis(limit.value());
  }
}
