package io.compressor.sensitivity;

import io.compressor.autodiff.GradientModel;
import io.compressor.autodiff.GradientPoint;
import io.compressor.autodiff.Gradients;
import io.compressor.autodiff.HessianModel;
import io.compressor.autodiff.HessianProducts;
import io.compressor.autodiff.LossGraph;
import io.compressor.autodiff.LossModel;
import io.compressor.autodiff.Tape;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.runtime.RuntimeSession;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The Hessian H of the distance from the original, by the original's weights, at these weights. The
 * distance is least there, so H has no negative eigenvalues but for rounding. Never formed: only
 * multiplied with vectors.
 */
public final class Curvature implements AutoCloseable {
  /** How products with the Hessian are made. */
  public enum Method {
    /** Differentiate twice. */
    EXACT,
    /** Differences of gradients: half the memory, and rounding. */
    DIFFERENCE
  }

  /** Step of a difference as a share of a weight's norm: suits single precision. */
  private static final double STEP = 1e-2;

  private final Reference reference;
  private final Map<String, Tensor> weights;
  private final Method method;
  private final GradientModel gradients;
  private final HessianModel hessian;
  private final RuntimeSession session;
  private long products;

  private Curvature(
      Reference reference,
      Map<String, Tensor> weights,
      Method method,
      GradientModel gradients,
      HessianModel hessian,
      RuntimeSession session) {
    this.reference = reference;
    this.weights = weights;
    this.method = method;
    this.gradients = gradients;
    this.hessian = hessian;
    this.session = session;
  }

  /**
   * @param parameters constants of the model's main graph, float or double
   * @throws io.compressor.error.CompressorException as {@link Gradients#of(Model, String,
   *     Collection)}, when an operator has no derivative
   */
  public static Curvature open(
      Model original, Reference reference, Collection<String> parameters, Method method) {
    Model raised = Gradients.raised(original);
    LossGraph graph = LossGraph.of(raised, reference.output());
    String target = graph.target("sensitivity/target");
    String mask = graph.mask("sensitivity/rows");
    Tape tape = graph.tape();
    LossModel loss = graph.loss(reference.distance().write(tape, reference.output(), target, mask));
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (String name : parameters) {
      Tensor weight = raised.graph().initializers().get(name);
      if (weight == null) {
        throw new IllegalArgumentException("'" + name + "' is no constant of the model");
      }
      weights.put(name, weight);
    }
    GradientModel gradients =
        method == Method.EXACT
            ? new GradientModel(loss.model(), Map.of())
            : Gradients.of(loss.model(), loss.loss(), weights.keySet());
    HessianModel hessian =
        method == Method.EXACT
            ? HessianProducts.exact(loss.model(), loss.loss(), weights.keySet())
            : new HessianModel(loss.model(), Map.of(), Map.of());
    Model runs = method == Method.EXACT ? hessian.model() : gradients.model();
    return new Curvature(
        reference,
        weights,
        method,
        gradients,
        hessian,
        RuntimeSession.open(runs, reference.settings()));
  }

  /** Names of the weights, in order. */
  public List<String> parameters() {
    return new ArrayList<>(weights.keySet());
  }

  /** Products made so far. */
  public long products() {
    return products;
  }

  /**
   * H·v on all samples.
   *
   * @param v by parameter, in the parameter's type and shape; what is missing is 0
   * @return by parameter
   */
  public Map<String, Tensor> product(Map<String, Tensor> v) {
    products++;
    Map<String, double[]> sums = new LinkedHashMap<>();
    weights.forEach((n, w) -> sums.put(n, new double[Math.toIntExact(w.elements())]));
    for (Reference.Part part : reference.parts()) {
      Map<String, Tensor> one = method == Method.EXACT ? exact(part, v) : difference(part, v);
      double share = reference.weight(part);
      one.forEach(
          (name, tensor) ->
              Vectors.add(java.util.Objects.requireNonNull(sums.get(name)), share, tensor));
    }
    Map<String, Tensor> whole = new LinkedHashMap<>();
    weights.forEach(
        (n, w) -> whole.put(n, Vectors.from(java.util.Objects.requireNonNull(sums.get(n)), w)));
    return whole;
  }

  /**
   * Estimates of the trace of each parameter's block of H (Hutchinson): the mean of vᵢᵀ(Hv)ᵢ over
   * vectors of random signs. One product serves all blocks, because terms between blocks have mean
   * 0.
   *
   * @param draws products, at least 2
   */
  public Map<String, Trace> traces(int draws, SplittableRandom random) {
    Map<String, double[]> samples = new LinkedHashMap<>();
    weights.keySet().forEach(n -> samples.put(n, new double[draws]));
    for (int d = 0; d < draws; d++) {
      Map<String, Tensor> v = new LinkedHashMap<>();
      weights.forEach((n, w) -> v.put(n, Vectors.rademacher(w, random)));
      Map<String, Tensor> hv = product(v);
      int at = d;
      samples.forEach(
          (n, values) ->
              values[at] =
                  Vectors.dot(
                      java.util.Objects.requireNonNull(v.get(n)),
                      java.util.Objects.requireNonNull(hv.get(n))));
    }
    Map<String, Trace> traces = new LinkedHashMap<>();
    samples.forEach((n, values) -> traces.put(n, Trace.of(values)));
    return traces;
  }

  /** Mean over draws of an estimate, and its standard error. */
  public record Trace(double raw, double standardError) {
    static Trace of(double[] samples) {
      double mean = 0;
      for (double s : samples) {
        mean += s / samples.length;
      }
      double squares = 0;
      for (double s : samples) {
        squares += (s - mean) * (s - mean);
      }
      int n = samples.length;
      return new Trace(mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1) / n));
    }

    /** The trace where it is positive, else 0: a sensitivity is never negative. */
    public double clamped() {
      return Math.max(0, raw);
    }
  }

  private Map<String, Tensor> exact(Reference.Part part, Map<String, Tensor> v) {
    Map<String, Tensor> feeds = feeds(part);
    hessian
        .vectors()
        .forEach(
            (parameter, input) -> {
              Tensor given = v.get(parameter);
              Tensor vector =
                  given != null
                      ? given
                      : Vectors.zeros(java.util.Objects.requireNonNull(weights.get(parameter)));
              feeds.put(input, vector.withName(input));
            });
    Map<String, Tensor> made = session.run(feeds, hessian.products().values());
    Map<String, Tensor> byParameter = new LinkedHashMap<>();
    hessian
        .products()
        .forEach(
            (parameter, output) ->
                byParameter.put(parameter, java.util.Objects.requireNonNull(made.get(output))));
    return byParameter;
  }

  private Map<String, Tensor> difference(Reference.Part part, Map<String, Tensor> v) {
    double h = Double.POSITIVE_INFINITY;
    for (Map.Entry<String, Tensor> one : v.entrySet()) {
      double length = Vectors.norm(one.getValue());
      double size = Vectors.norm(java.util.Objects.requireNonNull(weights.get(one.getKey())));
      if (length > 0 && size > 0) {
        h = Math.min(h, STEP * size / length);
      }
    }
    GradientPoint point = new GradientPoint(gradients, session, feeds(part));
    return HessianProducts.difference(point, v, Double.isInfinite(h) ? 1 : h);
  }

  private Map<String, Tensor> feeds(Reference.Part part) {
    Map<String, Tensor> feeds = new LinkedHashMap<>(part.feeds());
    feeds.putAll(weights);
    feeds.put("sensitivity/target", part.target().withName("sensitivity/target"));
    long[] dims = part.target().dims();
    long[] rows = java.util.Arrays.copyOf(dims, dims.length - 1);
    Tensor mask = Tensor.ofFloats("sensitivity/rows", rows, part.mask());
    if (part.target().type() == io.compressor.ir.ElementType.DOUBLE) {
      double[] wide = new double[part.mask().length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = part.mask()[i];
      }
      mask = Tensor.ofDoubles("sensitivity/rows", rows, wide);
    }
    feeds.put("sensitivity/rows", mask);
    return feeds;
  }

  @Override
  public void close() {
    session.close();
  }
}
