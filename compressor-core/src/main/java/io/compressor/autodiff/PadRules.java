package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Pad in all modes; negative pads cut. */
final class PadRules {
  private PadRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("Pad", PadRules::pad);
  }

  private static void pad(NodeGradient at) {
    if (!at.node().textAttribute("mode", "constant").equals("constant")) {
      mirrored(at);
      return;
    }
    Tape t = at.tape();
    List<String> inputs = new ArrayList<>(List.of(at.gradient(), t.neg(at.input(1))));
    if (at.hasInput(3)) {
      inputs.add("");
      inputs.add(at.input(3));
    }
    String inside = t.node("Pad", inputs);
    at.give(0, inside);
    if (at.wants(2)) {
      String around = t.sub(t.sum(at.gradient()), t.sum(inside));
      at.give(2, t.reshapeLike(around, at.input(2)));
    }
  }

  /**
   * Each element goes back to where padding the numbers of the input's elements says it is from.
   */
  private static void mirrored(NodeGradient at) {
    Tape t = at.tape();
    if (!at.wants(0)) {
      return;
    }
    String size = t.node("Size", List.of(at.input(0)));
    String all = t.node("Range", List.of(t.whole(0), size, t.whole(1)));
    List<String> inputs = new ArrayList<>(at.node().inputs());
    inputs.set(0, t.reshapeLike(all, at.input(0)));
    Attribute mode = Attribute.of("mode", at.node().textAttribute("mode", "reflect"));
    String from = t.reshape(t.node("Pad", inputs, mode), -1);
    String zeros = t.filled(t.reshape(size, 1), 0);
    String flat =
        t.node(
            "ScatterElements",
            List.of(zeros, from, t.reshape(at.gradient(), -1)),
            Attribute.of("reduction", "add"));
    at.give(0, t.reshapeLike(flat, at.input(0)));
  }
}
