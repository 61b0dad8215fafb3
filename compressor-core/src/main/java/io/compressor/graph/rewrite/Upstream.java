package io.compressor.graph.rewrite;

import io.compressor.graph.GraphEditor;
import io.compressor.graph.GraphIndex;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The way from an affine node back to the layer that feeds it, through operators that are
 * positively homogeneous, f(s·x) = s·f(x) for s > 0 channel by channel, and keep a positive
 * constant as it is.
 *
 * @param layer the layer at the end, when nothing else reads along the way
 * @param path values from the layer's result to the affine node's input
 */
record Upstream(Optional<Site> layer, List<String> path) {
  private static final Set<String> HOMOGENEOUS =
      Set.of(
          "Relu",
          "LeakyRelu",
          "MaxPool",
          "AveragePool",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "Identity",
          "Dropout");

  /** Back from the value {@code x} that the affine node reads. */
  static Upstream of(String x, int channels, GraphIndex index, LinearSites sites) {
    List<String> path = new ArrayList<>();
    String value = x;
    while (index.soleConsumer(value).isPresent()) {
      path.add(value);
      Optional<Site> site = sites.endingIn(value);
      if (site.isPresent()) {
        return new Upstream(site.filter(s -> s.out() == channels), path);
      }
      Optional<Node> producer = index.producer(value);
      if (producer.isEmpty()
          || !HOMOGENEOUS.contains(producer.get().opType())
          || Downstream.countsPadding(producer.get())
          || producer.get().outputs().size() != 1) {
        break;
      }
      value = producer.get().inputs().get(0);
    }
    return new Upstream(Optional.empty(), List.of());
  }

  /**
   * What the layer can take: the scale's magnitude, 1 where the scale is 0 or there is no layer.
   */
  double[] factor(ChannelAffine affine) {
    return Arrays.stream(affine.scale())
        .map(s -> layer.isEmpty() || s == 0 ? 1 : Math.abs(s))
        .toArray();
  }

  /** Why the layer cannot get a constant channel. */
  Optional<String> constantRefusal() {
    if (layer.isEmpty()) {
      return Optional.of("its shift meets zero padding and no single layer feeds it");
    }
    boolean plain =
        layer.get().kind() == SiteKind.CONV && layer.get().node().intAttribute("group", 1) == 1;
    return plain
        ? Optional.empty()
        : Optional.of("its shift meets zero padding and the layer before is no Conv of group 1");
  }

  /**
   * A positive constant as large as typical activations, so that neither the extra channel nor its
   * weights stretch a quantization range: the mean over channels of |s|·(mean + 2·deviation).
   */
  double constant(Node batchNorm, double[] back, GraphIndex index) {
    float[] mean = index.constant(batchNorm.inputs().get(3)).orElseThrow().toFloats();
    float[] variance = index.constant(batchNorm.inputs().get(4)).orElseThrow().toFloats();
    double sum = 0;
    for (int c = 0; c < mean.length; c++) {
      sum += back[c] * (mean[c] + 2 * Math.sqrt(Math.max(0, variance[c])));
    }
    double typical = sum / mean.length;
    return typical > 1e-3 && Double.isFinite(typical) ? (float) typical : 1;
  }

  void write(double[] back, double constant, GraphEditor editor, GraphIndex index) {
    if (layer.isEmpty()) {
      return;
    }
    LinearLayer linear = new LinearLayer(layer.get());
    linear.changeOutputs(new ChannelAffine(back, new double[back.length]));
    if (constant != 0) {
      linear.addConstantOutput(constant);
      path.forEach(editor::forgetType);
    }
    linear.write(editor, index);
  }
}
