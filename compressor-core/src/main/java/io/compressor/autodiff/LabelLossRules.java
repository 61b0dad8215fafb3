package io.compressor.autodiff;

import io.compressor.ir.Attribute;
import java.util.List;
import java.util.Map;

/**
 * Losses that ONNX defines: scores or their logarithms [N, C, d…] against class numbers [N, d…],
 * classes along axis 1.
 */
final class LabelLossRules {
  private static final Attribute CLASSES = Attribute.of("axis", 1L);

  private LabelLossRules() {}

  static void addTo(Map<String, GradientRule> rules) {
    rules.put("NegativeLogLikelihoodLoss", LabelLossRules::negativeLogLikelihood);
    rules.put("SoftmaxCrossEntropyLoss", LabelLossRules::softmaxCrossEntropy);
  }

  private static void negativeLogLikelihood(NodeGradient at) {
    checkWeights(at);
    if (at.wants(0)) {
      at.give(0, byLogarithms(at));
    }
  }

  /** Through the logarithms, then as LogSoftmax: d − softmax·Σd. */
  private static void softmaxCrossEntropy(NodeGradient at) {
    checkWeights(at);
    if (!at.wants(0)) {
      return;
    }
    Tape t = at.tape();
    String logs = t.node("LogSoftmax", List.of(at.input(0)), CLASSES);
    String direct = at.gradient(0).isPresent() ? byLogarithms(at) : "";
    String given = at.gradient(1).orElse("");
    String both = direct.isEmpty() ? given : given.isEmpty() ? direct : t.add(direct, given);
    at.give(0, t.sub(both, t.mul(t.unary("Exp", logs), t.sumKept(both, 1))));
  }

  private static void checkWeights(NodeGradient at) {
    if (at.wants(2)) {
      throw at.unsupported("its weights are differentiated by", "leave them out");
    }
  }

  /** −weight·g at the labelled classes, zero elsewhere; ignored labels have weight 0. */
  private static String byLogarithms(NodeGradient at) {
    Tape t = at.tape();
    String labels = at.input(1);
    String weights = t.number(t.node("Equal", List.of(labels, labels)));
    String safe = labels;
    if (at.node().attributes().containsKey("ignore_index")) {
      String ignored = t.whole(at.node().intAttribute("ignore_index", 0));
      String type = t.node("CastLike", List.of(ignored, labels));
      String out = t.node("Equal", List.of(labels, type));
      String none = t.node("CastLike", List.of(t.whole(0), labels));
      safe = t.where(out, none, labels);
      weights = t.number(t.unary("Not", out));
    }
    if (at.hasInput(2)) {
      weights = t.mul(weights, t.node("Gather", List.of(at.input(2), safe)));
    }
    String scale = at.gradient();
    if (at.node().textAttribute("reduction", "mean").equals("mean")) {
      scale = t.div(scale, t.sum(weights));
    }
    String updates = t.unsqueeze(t.neg(t.mul(weights, scale)), 1);
    return t.node(
        "ScatterElements",
        List.of(t.zerosLike(at.input(0)), t.unsqueeze(safe, 1), updates),
        CLASSES);
  }
}
