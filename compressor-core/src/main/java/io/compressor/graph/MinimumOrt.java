package io.compressor.graph;

import io.compressor.ir.Graph;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The oldest ONNX Runtime that opens a model, from what the file says: operator set, IR version and
 * contributed operators. Where the record is unclear the later release is named.
 */
public final class MinimumOrt {
  /** Minor version of release 1.x by the standard operator set it implements. */
  private static final NavigableMap<Long, Integer> BY_OPSET =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry(0L, 0),
              Map.entry(12L, 3),
              Map.entry(13L, 6),
              Map.entry(14L, 8),
              Map.entry(15L, 9),
              Map.entry(16L, 11),
              Map.entry(17L, 12),
              Map.entry(18L, 14),
              Map.entry(19L, 15),
              Map.entry(20L, 17),
              Map.entry(21L, 18),
              Map.entry(22L, 21),
              Map.entry(23L, 23),
              Map.entry(24L, 24),
              Map.entry(25L, 25),
              Map.entry(26L, 27),
              Map.entry(27L, 28)));

  private static final NavigableMap<Long, Integer> BY_IR =
      new TreeMap<>(Map.of(0L, 0, 8L, 9, 9L, 15, 10L, 18, 11L, 23, 12L, 24, 13L, 25));

  private MinimumOrt() {}

  /** Such as {@code 1.18}. */
  public static String of(Model model) {
    int minor = Math.max(at(BY_OPSET, model.opset()), at(BY_IR, model.irVersion()));
    return "1." + Math.max(minor, contributed(model.graph()));
  }

  private static int contributed(Graph graph) {
    int minor = 0;
    for (Node node : graph.nodes()) {
      if (node.domain().equals("com.microsoft")) {
        minor = Math.max(minor, contributed(node));
      }
      for (Graph inner : ValueNames.subgraphs(node)) {
        minor = Math.max(minor, contributed(inner));
      }
    }
    return minor;
  }

  private static int contributed(Node node) {
    long bits = node.intAttribute("bits", 4);
    return switch (node.opType()) {
      case "MatMulNBits" -> bits == 2 ? 24 : bits == 8 ? 23 : 17;
      case "GatherBlockQuantized" -> bits == 2 ? 27 : 23;
      case "DynamicQuantizeMatMul", "MatMulIntegerToFloat" -> 3;
      default -> 0;
    };
  }

  private static int at(NavigableMap<Long, Integer> table, long version) {
    return table.floorEntry(Math.max(0, version)).getValue();
  }
}
