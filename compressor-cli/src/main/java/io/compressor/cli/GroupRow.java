package io.compressor.cli;

import io.compressor.graph.channel.ChannelGroup;
import io.compressor.graph.channel.ChannelGroups;
import io.compressor.graph.channel.Endpoint;
import io.compressor.ir.Model;
import java.util.List;
import java.util.Locale;

/**
 * Channels that must change together, as {@code inspect --groups} shows them.
 *
 * @param name the first weight that writes the channels, or else reads them
 * @param size channels; of one head where heads repeat them
 * @param allows the strongest change: none, permutation, positive scaling, orthogonal, invertible
 * @param writers weights that produce the channels
 * @param readers weights that consume them
 * @param norms normalisations over the channels
 * @param barriers why the change cannot be stronger
 */
record GroupRow(
    String name,
    int size,
    String allows,
    List<String> writers,
    List<String> readers,
    int norms,
    List<BarrierRow> barriers) {

  /** What is in the way, where, and what it still allows. */
  record BarrierRow(String at, String reason, String allows) {}

  static List<GroupRow> of(Model model) {
    return ChannelGroups.of(model).stream().map(GroupRow::of).toList();
  }

  private static GroupRow of(ChannelGroup group) {
    return new GroupRow(
        group.name(),
        group.size(),
        spell(group.transformation()),
        group.writers().stream().map(GroupRow::spell).toList(),
        group.readers().stream().map(GroupRow::spell).toList(),
        group.norms().size(),
        group.barriers().stream()
            .map(b -> new BarrierRow(b.at(), b.reason(), spell(b.allows())))
            .toList());
  }

  private static String spell(Endpoint end) {
    return end.blocks() == 1 ? end.site().name() : end.site().name() + " x " + end.blocks();
  }

  private static String spell(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** What stops the group from being changed as freely as its neighbours, in one line. */
  String stoppedBy() {
    return barriers.stream()
        .min(java.util.Comparator.comparingInt(b -> strength(b.allows())))
        .map(b -> b.reason() + " ('" + b.at() + "')")
        .orElse("");
  }

  private static int strength(String allows) {
    return switch (allows) {
      case "none" -> 0;
      case "permutation" -> 1;
      default -> 2;
    };
  }

  static void print(List<GroupRow> groups, java.io.PrintWriter out, Style style) {
    Table table =
        new Table("channels", ">size", "allows", ">written by", ">read by", ">norms", "because");
    for (GroupRow g : groups) {
      table.row(
          g.name(),
          g.size(),
          g.allows(),
          g.writers().size(),
          g.readers().size(),
          g.norms(),
          g.stoppedBy());
    }
    table.print(out, style);
  }
}
