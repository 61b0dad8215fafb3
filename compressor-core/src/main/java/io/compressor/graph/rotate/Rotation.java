package io.compressor.graph.rotate;

import io.compressor.graph.GraphIndex;
import io.compressor.graph.Skipped;
import io.compressor.graph.channel.ChannelGroup;
import io.compressor.graph.channel.ChannelGroups;
import io.compressor.ir.Model;
import io.compressor.solver.rotation.RandomHadamard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rotates a transformer's channels by random Hadamard matrices, so that outliers in a few channels
 * spread over all, and the weights and activations become easier to quantize. The outputs stay the
 * same up to rounding.
 *
 * <p>Source: QuaRot (arXiv 2404.00456) and SpinQuant (arXiv 2405.16406) as RSQ (arXiv 2503.01820)
 * uses them.
 */
public final class Rotation {
  private Rotation() {}

  /**
   * Rotates every group that allows it; the others are named with the reason. Weights are read only
   * when the new model's are.
   */
  public static RotationResult rotate(Model model, RotationOptions options) {
    GraphIndex index = new GraphIndex(model);
    List<ChannelGroup> groups = ChannelGroups.of(index);
    RotationPlan plan = new RotationPlan(index);
    List<Skipped> refused = new ArrayList<>();
    for (ChannelGroup group : groups) {
      if (isStream(group) && options.stream()) {
        Optional<String> refusal =
            RotateGroup.refusal(group).or(() -> CentreWriters.refusal(group));
        refusal.ifPresent(r -> refused.add(new Skipped(group.name(), "residual stream: " + r)));
        if (refusal.isEmpty()) {
          stream(group, options, plan);
        }
      } else if (isValues(group) && options.heads()) {
        Optional<String> refusal = RotateGroup.refusal(group);
        refusal.ifPresent(r -> refused.add(new Skipped(group.name(), "attention values: " + r)));
        if (refusal.isEmpty()) {
          values(group, options, plan);
        }
      }
    }
    if (options.heads()) {
      refused.addAll(UnreachedInputs.of(groups));
    }
    if (options.online()) {
      OnlineInputs.plan(groups, options, plan);
    }
    return plan.log().isEmpty()
        ? new RotationResult(model, List.of(), refused)
        : new RotationResult(new RotationWriter(plan).write(), plan.log(), refused);
  }

  private static void stream(ChannelGroup group, RotationOptions options, RotationPlan plan) {
    FoldNorms.plan(group, plan);
    if (CentreWriters.isNeeded(group)) {
      CentreWriters.plan(group, plan);
    }
    RandomHadamard q = RandomHadamard.of(group.size(), options.seedFor(group.name()));
    RotateGroup.plan(group, q, plan);
    plan.log(
        "rotated the residual stream '%s': %d channels (%s), %d weights write it, %d read it"
            .formatted(
                group.name(),
                group.size(),
                q.shape(),
                group.writers().size(),
                group.readers().size()));
  }

  private static void values(ChannelGroup group, RotationOptions options, RotationPlan plan) {
    RandomHadamard q = RandomHadamard.of(group.size(), options.seedFor(group.name()));
    RotateGroup.plan(group, q, plan);
    plan.log(
        "rotated the values of '%s' head by head: %d heads of %d (%s), %d at the reader"
            .formatted(
                group.name(),
                group.writers().get(0).blocks(),
                group.size(),
                q.shape(),
                group.readers().isEmpty() ? 0 : group.readers().get(0).blocks()));
  }

  /** Channels that norms divide by their root mean square. */
  private static boolean isStream(ChannelGroup group) {
    return group.norms().stream().anyMatch(n -> !n.readers().isEmpty())
        || (!group.norms().isEmpty() && !group.hasHeads());
  }

  /** Channels inside an attention that a weight reads; those of queries and keys end unread. */
  private static boolean isValues(ChannelGroup group) {
    return group.norms().isEmpty() && group.hasHeads() && !group.readers().isEmpty();
  }
}
