package io.compressor.pass.weights.learn;

import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import io.compressor.runtime.SessionSettings;
import io.compressor.runtime.Taps;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Which values two forms of a model have in common. */
final class SharedPoints {
  private SharedPoints() {}

  /**
   * Outputs are always in common. A value inside is when it has the same name and shape and is not
   * further from the original's than zeros would be, which a rotated one is.
   *
   * @param feeds a batch to compare the two on
   */
  static List<String> of(
      Model original,
      Model student,
      List<String> candidates,
      Map<String, Tensor> feeds,
      SessionSettings settings) {
    Set<String> outputs = new HashSet<>();
    original.graph().outputs().forEach(v -> outputs.add(v.name()));
    Set<String> made = new HashSet<>();
    student.graph().nodes().stream().map(Node::outputs).forEach(made::addAll);
    List<String> named = candidates.stream().filter(made::contains).toList();
    Map<String, Tensor> wanted = run(original, named, feeds, settings);
    Map<String, Tensor> have = run(student, named, feeds, settings);
    return named.stream()
        .filter(
            p -> {
              Tensor w = Objects.requireNonNull(wanted.get(p));
              Tensor h = Objects.requireNonNull(have.get(p));
              return w.type() == ElementType.FLOAT && (outputs.contains(p) || isAlike(w, h));
            })
        .toList();
  }

  private static Map<String, Tensor> run(
      Model model, List<String> points, Map<String, Tensor> feeds, SessionSettings settings) {
    try (RuntimeSession session =
        RuntimeSession.open(Taps.only(Taps.expose(model, points), points), settings)) {
      return session.run(feeds);
    }
  }

  private static boolean isAlike(Tensor wanted, Tensor have) {
    if (have.type() != ElementType.FLOAT || !Arrays.equals(wanted.dims(), have.dims())) {
      return false;
    }
    float[] w = wanted.toFloats();
    float[] h = have.toFloats();
    double error = 0;
    double power = 0;
    for (int i = 0; i < w.length; i++) {
      error += ((double) w[i] - h[i]) * ((double) w[i] - h[i]);
      power += (double) w[i] * w[i];
    }
    return error <= power;
  }
}
