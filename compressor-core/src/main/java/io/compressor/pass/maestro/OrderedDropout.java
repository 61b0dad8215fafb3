package io.compressor.pass.maestro;

import io.compressor.ir.Tensor;
import io.compressor.recipe.MaestroOptions;
import io.compressor.solver.lowrank.PairSampler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Which components of which weight run in a step, as masks. */
final class OrderedDropout {
  private final List<FactorPart> parts;
  private final MaestroOptions.Sampling sampling;
  private final long seed;
  private PairSampler pairs;
  private SplittableRandom random;
  private int[] alive;
  private int[] judged;

  /**
   * @param judged the ranks that held-out samples are judged at
   */
  OrderedDropout(
      List<FactorPart> parts, MaestroOptions.Sampling sampling, int[] judged, long seed) {
    this.parts = parts;
    this.sampling = sampling;
    this.seed = seed;
    this.judged = judged.clone();
    this.alive = all(parts);
    this.pairs = new PairSampler(alive, seed);
    this.random = new SplittableRandom(seed);
  }

  /** As at the beginning. */
  void reset() {
    alive = all(parts);
    pairs = new PairSampler(alive, seed);
    random = new SplittableRandom(seed);
  }

  private static int[] all(List<FactorPart> parts) {
    return parts.stream().mapToInt(FactorPart::rank).toArray();
  }

  /** Components that are left of each weight. */
  int[] alive() {
    return alive.clone();
  }

  /** Components beyond these are gone for good. */
  void shrink(int[] now) {
    alive = now.clone();
    pairs.shrink(alive);
  }

  /** Judges at other ranks from now on. */
  void judge(int[] ranks) {
    judged = ranks.clone();
  }

  /** Masks of the next step. */
  Map<String, Tensor> next() {
    int[] ranks = alive.clone();
    if (sampling == MaestroOptions.Sampling.LAYER) {
      PairSampler.Pair pair = pairs.next();
      ranks[pair.weight()] = pair.rank();
    } else {
      for (int i = 0; i < ranks.length; i++) {
        ranks[i] = 1 + random.nextInt(ranks[i]);
      }
    }
    return masks(ranks);
  }

  /** Masks for held-out samples. */
  Map<String, Tensor> judging() {
    return masks(judged);
  }

  private Map<String, Tensor> masks(int[] ranks) {
    Map<String, Tensor> masks = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      FactorPart part = parts.get(i);
      float[] mask = new float[part.rank()];
      java.util.Arrays.fill(mask, 0, Math.min(Math.min(ranks[i], alive[i]), mask.length), 1);
      String name = part.mask().orElseThrow();
      masks.put(name, Tensor.ofFloats(name, new long[] {mask.length}, mask));
    }
    return masks;
  }
}
