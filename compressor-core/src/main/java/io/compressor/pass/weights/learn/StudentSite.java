package io.compressor.pass.weights.learn;

import io.compressor.graph.Site;
import io.compressor.graph.WeightLayout;
import io.compressor.ir.Attribute;
import io.compressor.ir.Node;
import io.compressor.ir.Tensor;
import io.compressor.solver.QuantizedWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A solved weight as the product of things that can be learnt: W = (start · factor) · levels, where
 * levels [out × in] are codewords before any scale and start [out × groups] the scales of groups of
 * inputs. Everything lies in the weight's stored order, so nothing is transposed in a step.
 *
 * @param site in the model that learns
 * @param group inputs that share a scale
 * @param start [out × groups] scales, not 0
 * @param levels [out × in] codewords
 * @param smoothing s [in] where the input is divided by s and the weight was multiplied with it
 */
public record StudentSite(
    Site site, int group, float[] start, float[] levels, Optional<float[]> smoothing) {
  public static StudentSite of(Site site, QuantizedWeight weight, Optional<float[]> smoothing) {
    ScaledLevels scaled = ScaledLevels.of(weight);
    return new StudentSite(site, scaled.group(), scaled.scales(), scaled.levels(), smoothing);
  }

  public int groups() {
    return (site.in() + group - 1) / group;
  }

  public String levelsName() {
    return site.weight().name() + "/levels";
  }

  public String factorName() {
    return site.weight().name() + "/factor";
  }

  /** Levels in stored order and the shape in which the nodes read them. */
  public Tensor levelsTensor() {
    return Tensor.ofFloats(
        levelsName(), new long[] {site.parameters()}, site.layout().toStored(levels));
  }

  /** Ones, one for each scale, in stored order. */
  public Tensor factorTensor() {
    float[] ones = new float[start.length];
    java.util.Arrays.fill(ones, 1);
    return Tensor.ofFloats(factorName(), new long[] {ones.length}, ones);
  }

  /**
   * A weight in units of its scales, [out × in]: the levels that it asks for.
   *
   * @param w [out × in]
   */
  float[] wanted(float[] w) {
    float[] wanted = new float[w.length];
    for (int i = 0; i < w.length; i++) {
      int in = site.in();
      wanted[i] = w[i] / start[i / in * groups() + i % in / group];
    }
    return wanted;
  }

  /** What {@link #factorTensor} has become, back in the order [out × groups]. */
  public float[] factors(float[] stored) {
    return scaleLayout().toMatrix(stored);
  }

  private WeightLayout scaleLayout() {
    return new WeightLayout(site.out(), groups(), site.layout().transposed());
  }

  /** Constants that {@link #nodes} read, besides what is learnt. */
  Map<String, Tensor> constants() {
    String base = site.weight().name();
    boolean across = site.layout().transposed();
    Map<String, Tensor> made = new LinkedHashMap<>();
    put(
        made,
        Tensor.ofFloats(base + "/start", new long[] {start.length}, scaleLayout().toStored(start)));
    long[] wide =
        across ? new long[] {groups(), 1, site.out()} : new long[] {site.out(), groups(), 1};
    put(made, Tensor.ofLongs(base + "/scale_dims", new long[] {3}, wide));
    long[] grouped =
        across
            ? new long[] {groups(), group, site.out()}
            : new long[] {site.out(), groups(), group};
    put(made, Tensor.ofLongs(base + "/level_dims", new long[] {3}, isEven() ? grouped : flat()));
    long[] dims = site.weight().dims();
    put(made, Tensor.ofLongs(base + "/dims", new long[] {dims.length}, dims));
    smoothing.ifPresent(
        s -> {
          float[] inverse = new float[s.length];
          for (int i = 0; i < s.length; i++) {
            inverse[i] = 1 / s[i];
          }
          long[] shape = across ? new long[] {site.in(), 1} : new long[] {1, site.in()};
          put(made, Tensor.ofFloats(base + "/unsmooth", shape, inverse));
        });
    if (!isEven()) {
      long[] index = new long[site.in()];
      java.util.Arrays.setAll(index, i -> i / group);
      put(made, Tensor.ofLongs(base + "/group_of", new long[] {index.length}, index));
    }
    return made;
  }

  /** The nodes that make the weight under its own name. */
  List<Node> nodes() {
    String w = site.weight().name();
    List<Node> nodes = new ArrayList<>();
    nodes.add(Node.of("Mul", List.of(w + "/start", factorName()), List.of(w + "/scales")));
    nodes.add(Node.of("Reshape", List.of(w + "/scales", w + "/scale_dims"), List.of(w + "/wide")));
    nodes.add(Node.of("Reshape", List.of(levelsName(), w + "/level_dims"), List.of(w + "/shaped")));
    String scale = w + "/wide";
    if (!isEven()) {
      nodes.add(
          Node.of(
              "Gather",
              List.of(scale, w + "/group_of"),
              List.of(w + "/each"),
              Attribute.of("axis", site.layout().transposed() ? 0L : 1L)));
      scale = w + "/each";
    }
    nodes.add(Node.of("Mul", List.of(w + "/shaped", scale), List.of(w + "/product")));
    String matrix = smoothing.isPresent() ? w + "/smooth" : w;
    nodes.add(Node.of("Reshape", List.of(w + "/product", w + "/dims"), List.of(matrix)));
    if (smoothing.isPresent()) {
      nodes.add(Node.of("Mul", List.of(matrix, w + "/unsmooth"), List.of(w)));
    }
    return nodes;
  }

  private boolean isEven() {
    return site.in() % group == 0;
  }

  private long[] flat() {
    return site.layout().transposed()
        ? new long[] {site.in(), 1, site.out()}
        : new long[] {site.out(), site.in(), 1};
  }

  private static void put(Map<String, Tensor> into, Tensor tensor) {
    into.put(tensor.name(), tensor);
  }
}
