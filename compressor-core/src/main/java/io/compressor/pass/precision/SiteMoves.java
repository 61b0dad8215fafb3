package io.compressor.pass.precision;

import io.compressor.engine.Engine;
import io.compressor.graph.Site;
import io.compressor.graph.SiteKind;
import io.compressor.ir.ElementType;
import io.compressor.ir.Model;
import io.compressor.ir.Tensor;
import io.compressor.pass.weights.SolvedSite;
import io.compressor.sensitivity.Moves;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Rounding errors of solved sites, in the order in which the model stores its weights. */
record SiteMoves(Choices choices, Model model, Engine engine) implements Moves {
  @Override
  public int layers() {
    return choices.sites().size();
  }

  @Override
  public int levels() {
    return choices.levels();
  }

  @Override
  public String parameter(int layer) {
    return choices.sites().get(layer).weight().name();
  }

  /** Weights that gradients can be taken by: float constants that are multiplied. */
  List<String> parameters() {
    return IntStream.range(0, layers())
        .filter(this::isReachable)
        .mapToObj(this::parameter)
        .distinct()
        .toList();
  }

  private boolean isReachable(int layer) {
    Site site = choices.sites().get(layer);
    Tensor stored = model.graph().initializers().get(site.weight().name());
    return site.kind() != SiteKind.GATHER
        && stored != null
        && stored.type() == ElementType.FLOAT
        && stored.elements() == site.parameters();
  }

  @Override
  public Optional<Tensor> move(int layer, int level) {
    return isReachable(layer)
        ? choices.solved().get(layer).get(level).map(s -> delta(choices.sites().get(layer), s))
        : Optional.empty();
  }

  /** ‖Δw‖², in the matrix as it is. */
  double squared(int layer, int level) {
    Optional<SolvedSite> one = choices.solved().get(layer).get(level);
    double sum = 0;
    if (one.isPresent()) {
      for (float d : difference(choices.sites().get(layer), one.get())) {
        sum += (double) d * d;
      }
    }
    return sum;
  }

  private Tensor delta(Site site, SolvedSite solved) {
    Tensor w = site.weight();
    return Tensor.ofFloats(w.name(), w.dims(), site.layout().toStored(difference(site, solved)));
  }

  private float[] difference(Site site, SolvedSite solved) {
    float[] w = site.weightMatrix();
    float[] q = solved.weight().dequantize(engine);
    Optional<float[]> smoothing = solved.task().smoothing();
    float[] delta = new float[w.length];
    for (int i = 0; i < w.length; i++) {
      float s = smoothing.isPresent() ? smoothing.get()[i % site.in()] : 1;
      delta[i] = q[i] / s - w[i];
    }
    return delta;
  }
}
