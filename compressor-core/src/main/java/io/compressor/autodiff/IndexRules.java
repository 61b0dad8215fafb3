package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Operators that pick or place elements by integer indices, which may repeat and be negative. */
final class IndexRules {
  private IndexRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("Gather", IndexRules::gather);
    rules.put("GatherElements", IndexRules::gatherElements);
    rules.put("GatherND", IndexRules::gatherNd);
    rules.put("ScatterElements", IndexRules::scatterElements);
    rules.put("ScatterND", IndexRules::scatterNd);
    rules.put("TopK", IndexRules::topK);
    rules.put("Trilu", IndexRules::trilu);
  }

  /**
   * Rows are added to a table of zeros. ScatterND takes one index a row where ScatterElements takes
   * one an element, and is four times as fast on tables of words.
   */
  private static void gather(NodeGradient at) {
    Tape t = at.tape();
    if (!at.wants(0)) {
      return;
    }
    long declared = at.node().intAttribute("axis", 0);
    int axis = declared == 0 ? 0 : at.axis(declared, at.rank(at.input(0)));
    String table = at.input(0);
    String count = t.reshape(t.node("Size", List.of(at.input(1))), 1);
    String indices = t.reshapeTo(at.input(1), t.concat(0, List.of(count, t.longs(1))));
    String behind = t.node("Shape", List.of(table), Attribute.of("start", axis + 1L));
    if (axis == 0) {
      String rows = t.reshapeTo(at.gradient(), t.concat(0, List.of(count, behind)));
      at.give(0, t.scatterAdded(t.zerosLike(table), indices, rows));
      return;
    }
    String before = t.node("Shape", List.of(table), Attribute.of("end", (long) axis));
    String shaped = t.reshapeTo(at.gradient(), t.concat(0, List.of(before, count, behind)));
    int rank = at.rank(table);
    String rows = t.transpose(shaped, axisFirst(axis, rank));
    String zeros = t.filled(t.concat(0, List.of(t.size(table, axis), before, behind)), 0);
    at.give(0, t.transpose(t.scatterAdded(zeros, indices, rows), axisBack(axis, rank)));
  }

  private static long[] axisFirst(int axis, int rank) {
    return LongStream.range(0, rank).map(i -> i == 0 ? axis : i <= axis ? i - 1 : i).toArray();
  }

  private static long[] axisBack(int axis, int rank) {
    return LongStream.range(0, rank).map(i -> i == axis ? 0 : i < axis ? i + 1 : i).toArray();
  }

  private static void gatherElements(NodeGradient at) {
    Tape t = at.tape();
    if (at.wants(0)) {
      at.give(
          0,
          t.node(
              "ScatterElements",
              List.of(t.zerosLike(at.input(0)), at.input(1), at.gradient()),
              axis(at, 0),
              Attribute.of("reduction", "add")));
    }
  }

  /** ScatterND knows no batches: then the numbers of the elements tell where each came from. */
  private static void gatherNd(NodeGradient at) {
    Tape t = at.tape();
    if (!at.wants(0)) {
      return;
    }
    long batch = at.node().intAttribute("batch_dims", 0);
    if (batch == 0) {
      at.give(0, t.scatterAdded(t.zerosLike(at.input(0)), at.input(1), at.gradient()));
      return;
    }
    String from =
        t.node(
            "GatherND",
            List.of(t.positions(at.input(0)), at.input(1)),
            Attribute.of("batch_dims", batch));
    String flat =
        t.node(
            "ScatterElements",
            List.of(
                t.flatZerosLike(at.input(0)), t.reshape(from, -1), t.reshape(at.gradient(), -1)),
            Attribute.of("reduction", "add"));
    at.give(0, t.reshapeLike(flat, at.input(0)));
  }

  /** What was overwritten has no influence; what was added to has its own. */
  private static void scatterElements(NodeGradient at) {
    Tape t = at.tape();
    boolean adds = adds(at);
    if (at.wants(0)) {
      String zeros = adds ? "" : t.zerosLike(at.input(2));
      at.give(
          0,
          adds
              ? at.gradient()
              : t.node("ScatterElements", List.of(at.gradient(), at.input(1), zeros), axis(at, 0)));
    }
    if (at.wants(2)) {
      at.give(2, t.node("GatherElements", List.of(at.gradient(), at.input(1)), axis(at, 0)));
    }
  }

  private static void scatterNd(NodeGradient at) {
    Tape t = at.tape();
    boolean adds = adds(at);
    if (at.wants(0)) {
      String zeros = adds ? "" : t.zerosLike(at.input(2));
      at.give(
          0,
          adds ? at.gradient() : t.node("ScatterND", List.of(at.gradient(), at.input(1), zeros)));
    }
    if (at.wants(2)) {
      at.give(2, t.node("GatherND", List.of(at.gradient(), at.input(1))));
    }
  }

  private static boolean adds(NodeGradient at) {
    String reduction = at.node().textAttribute("reduction", "none");
    if (!reduction.equals("add") && !reduction.equals("none")) {
      throw at.unsupported("reduction " + reduction, "use reduction none or add");
    }
    return reduction.equals("add");
  }

  /** Indices of one line never repeat. */
  private static void topK(NodeGradient at) {
    Tape t = at.tape();
    if (at.wants(0)) {
      at.give(
          0,
          t.node(
              "ScatterElements",
              List.of(t.zerosLike(at.input(0)), at.output(1), at.gradient()),
              axis(at, -1)));
    }
  }

  private static void trilu(NodeGradient at) {
    List<String> inputs =
        at.hasInput(1) ? List.of(at.gradient(), at.input(1)) : List.of(at.gradient());
    Attribute upper = Attribute.of("upper", at.node().intAttribute("upper", 1));
    at.give(0, at.tape().node("Trilu", inputs, upper));
  }

  private static Attribute axis(NodeGradient at, long fallback) {
    return Attribute.of("axis", at.node().intAttribute("axis", fallback));
  }
}
