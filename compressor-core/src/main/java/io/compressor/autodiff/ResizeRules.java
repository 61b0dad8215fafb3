package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import io.compressor.ir.Dim;
import io.compressor.ir.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Resize is a linear map of each axis, one after the other. The matrix of an axis is what the node
 * makes of the rows of an identity matrix, so every mode and its rounding are the runtime's own;
 * the gradient is multiplied by its transpose.
 */
final class ResizeRules {
  /** What an identity matrix is resized with; axes and the policy are dealt with here. */
  private static final Set<String> KEPT =
      Set.of(
          "antialias",
          "coordinate_transformation_mode",
          "cubic_coeff_a",
          "exclude_outside",
          "mode",
          "nearest_mode");

  private ResizeRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("Resize", ResizeRules::resize);
  }

  private static void resize(NodeGradient at) {
    if (!at.wants(0)) {
      return;
    }
    String policy = at.node().textAttribute("keep_aspect_ratio_policy", "stretch");
    if (!policy.equals("stretch")) {
      throw at.unsupported("keep_aspect_ratio_policy " + policy, "give the sizes that result");
    }
    int rank = at.rank(at.input(0));
    long[] axes =
        at.node().intsAttribute("axes").orElseGet(() -> LongStream.range(0, rank).toArray());
    String gradient = at.gradient();
    for (int i = 0; i < axes.length; i++) {
      int axis = at.axis(axes[i], rank);
      if (!stays(at, axis, i)) {
        gradient = along(at.tape(), gradient, axis, rank, matrix(at, axis, i, axes.length));
      }
    }
    at.give(0, gradient);
  }

  /** Whether an axis is surely not touched. */
  private static boolean stays(NodeGradient at, int axis, int i) {
    boolean crop =
        at.node()
            .textAttribute("coordinate_transformation_mode", "half_pixel")
            .equals("tf_crop_and_resize");
    Optional<Tensor> scales = at.hasInput(2) ? at.constant(at.input(2)) : Optional.empty();
    boolean one = scales.map(Tensor::toFloats).filter(s -> i < s.length && s[i] == 1).isPresent();
    Dim in = at.dims(at.input(0)).map(d -> d.get(axis)).orElse(new Dim.Unknown());
    Dim out = at.dims(at.output()).map(d -> d.get(axis)).orElse(new Dim.Unknown());
    return !crop && (one || (in instanceof Dim.Fixed && in.equals(out)));
  }

  /**
   * [in, out] of one axis: ones on the diagonal, resized along the last of four axes.
   *
   * @param i where the axis stands in roi, scales and sizes, of {@code count} axes
   */
  private static String matrix(NodeGradient at, int axis, int i, int count) {
    Tape t = at.tape();
    String n = t.size(at.input(0), axis);
    String square = t.concat(0, List.of(n, n));
    String eye = t.unsqueeze(t.node("EyeLike", List.of(t.filled(square, 0))), 0, 1);
    List<Attribute> attributes = new ArrayList<>();
    at.node().attributes().values().stream()
        .filter(a -> KEPT.contains(a.name()))
        .forEach(attributes::add);
    String roi = at.hasInput(1) ? region(at, i, count) : "";
    List<String> inputs;
    if (at.hasInput(3)) {
      String size = t.slice(at.input(3), t.longs(i), t.longs(i + 1L), 0);
      inputs = List.of(eye, roi, "", t.concat(0, List.of(t.longs(1, 1), n, size)));
    } else {
      String scale = t.slice(at.input(2), t.longs(i), t.longs(i + 1L), 0);
      inputs = List.of(eye, roi, t.concat(0, List.of(single(t, 1, 1, 1), scale)));
    }
    return t.squeeze(t.node("Resize", inputs, attributes.toArray(new Attribute[0])), 0, 1);
  }

  /** [starts, ends] of all axes as those of an image whose last axis this is. */
  private static String region(NodeGradient at, int i, int count) {
    Tape t = at.tape();
    String start = t.slice(at.input(1), t.longs(i), t.longs(i + 1L), 0);
    String end = t.slice(at.input(1), t.longs(count + i), t.longs(count + i + 1L), 0);
    return t.concat(0, List.of(single(t, 0, 0, 0), start, single(t, 1, 1, 1), end));
  }

  private static String single(Tape t, float a, float b, float c) {
    String key = "v" + (int) a + (int) b + (int) c;
    return t.constant(key, Tensor.ofFloats("", new long[] {3}, new float[] {a, b, c}));
  }

  /** The gradient [.., out, ..] multiplied by the matrix [in, out] along one axis. */
  private static String along(Tape t, String g, int axis, int rank, String matrix) {
    if (rank > 1 && axis == rank - 2) {
      return t.node("MatMul", List.of(matrix, g));
    }
    String back = t.transpose(matrix, 1, 0);
    if (axis == rank - 1) {
      return t.node("MatMul", List.of(g, back));
    }
    long[] perm = LongStream.range(0, rank).toArray();
    perm[axis] = rank - 1L;
    perm[rank - 1] = axis;
    return t.transpose(t.node("MatMul", List.of(t.transpose(g, perm), back)), perm);
  }
}
