package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Operators that move elements as they are: another shape, order, part or repetition. */
final class ShapeRules {
  private ShapeRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    for (String op : List.of("Reshape", "Flatten", "Squeeze", "Unsqueeze")) {
      rules.put(op, at -> at.give(0, at.tape().reshapeLike(at.gradient(), at.input(0))));
    }
    rules.put("Transpose", ShapeRules::transpose);
    rules.put("Expand", at -> at.giveBroadcast(0, at.gradient()));
    rules.put("Concat", ShapeRules::concat);
    rules.put("Split", ShapeRules::split);
    rules.put("Slice", ShapeRules::slice);
    rules.put("Tile", ShapeRules::tile);
    rules.put("DepthToSpace", ShapeRules::depthToSpace);
    rules.put("SpaceToDepth", ShapeRules::spaceToDepth);
  }

  private static void transpose(NodeGradient at) {
    int rank = at.rank(at.input(0));
    long[] perm =
        at.node()
            .intsAttribute("perm")
            .orElseGet(() -> LongStream.range(0, rank).map(i -> rank - 1 - i).toArray());
    long[] back = new long[rank];
    for (int i = 0; i < rank; i++) {
      back[(int) perm[i]] = i;
    }
    at.give(0, at.tape().transpose(at.gradient(), back));
  }

  private static void concat(NodeGradient at) {
    Tape t = at.tape();
    long axis = at.axis(at.node().intAttribute("axis", 0), at.rank(at.output()));
    List<String> sizes =
        java.util.stream.IntStream.range(0, at.inputs())
            .mapToObj(i -> t.size(at.input(i), axis))
            .toList();
    List<String> parts =
        t.nodes(
            "Split",
            List.of(at.gradient(), t.concat(0, sizes)),
            at.inputs(),
            Attribute.of("axis", axis));
    for (int i = 0; i < at.inputs(); i++) {
      at.give(i, parts.get(i));
    }
  }

  private static void split(NodeGradient at) {
    Tape t = at.tape();
    List<String> parts =
        java.util.stream.IntStream.range(0, at.node().outputs().size())
            .mapToObj(i -> at.gradient(i).orElseGet(() -> t.zerosLike(at.output(i))))
            .toList();
    at.give(0, t.concat(at.node().intAttribute("axis", 0), parts));
  }

  /**
   * Where each element came from is found by slicing the numbers of the input's elements, so steps,
   * negative bounds and clamping are the runtime's own.
   */
  private static void slice(NodeGradient at) {
    Tape t = at.tape();
    if (!at.wants(0)) {
      return;
    }
    List<String> inputs = new java.util.ArrayList<>(at.node().inputs());
    inputs.set(0, t.positions(at.input(0)));
    String from = t.reshape(t.node("Slice", inputs), -1);
    String zeros = t.flatZerosLike(at.input(0));
    String flat = t.node("ScatterElements", List.of(zeros, from, t.reshape(at.gradient(), -1)));
    at.give(0, t.reshapeLike(flat, at.input(0)));
  }

  /** [n] tiled r times is [r, n] read in order, in each axis. */
  private static void tile(NodeGradient at) {
    Tape t = at.tape();
    int rank = at.rank(at.input(0));
    List<String> dims = new java.util.ArrayList<>();
    for (int i = 0; i < rank; i++) {
      dims.add(t.slice(at.input(1), t.longs(i), t.longs(i + 1L), 0));
      dims.add(t.size(at.input(0), i));
    }
    String split = t.reshapeTo(at.gradient(), t.concat(0, dims));
    long[] repeats = LongStream.range(0, rank).map(i -> 2 * i).toArray();
    at.give(0, rank == 0 ? at.gradient() : t.sum(split, repeats));
  }

  private static void depthToSpace(NodeGradient at) {
    Tape t = at.tape();
    long block = at.node().intAttribute("blocksize", 1);
    if (at.node().textAttribute("mode", "DCR").equals("DCR")) {
      at.give(0, t.node("SpaceToDepth", List.of(at.gradient()), Attribute.of("blocksize", block)));
      return;
    }
    throw at.unsupported("mode CRD", "use mode DCR");
  }

  private static void spaceToDepth(NodeGradient at) {
    long block = at.node().intAttribute("blocksize", 1);
    at.give(
        0,
        at.tape().node("DepthToSpace", List.of(at.gradient()), Attribute.of("blocksize", block)));
  }
}
