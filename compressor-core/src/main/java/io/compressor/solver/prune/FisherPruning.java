package io.compressor.solver.prune;

import io.compressor.engine.Engine;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Optimal brain surgeon on a layer, F in blocks: in each block the weight whose loss is least goes
 * first, the others of the block make up for it, and so on; the blocks' sequences are merged by
 * what their steps lose.
 *
 * <p>Source: M-FAC (Frantar, Kurtic and Alistarh, NeurIPS 2021) for F; where the authors drop many
 * weights at once and recompute F 16 times, here they go one after the other, as in OBC (Frantar
 * and Alistarh, arXiv 2208.11580), which leaves out no cross term of a block.
 */
public final class FisherPruning {
  private final float[] w;
  private final boolean[] before;
  private final FloatBuffer gradients;
  private final int count;
  private final int block;
  private final double lambda;
  private final Engine engine;
  private final Ranking ranking;

  /**
   * @param w the layer's weights
   * @param kept false for weights that are gone already and stay so
   * @param gradients [count, weights]
   * @param block weights of which F has cross terms, neighbours in memory
   * @param damping λ as a share of the mean of the gradients' squares
   */
  public FisherPruning(
      float[] w,
      boolean[] kept,
      FloatBuffer gradients,
      int count,
      int block,
      double damping,
      Engine engine) {
    if (gradients.remaining() != (long) count * w.length) {
      throw new IllegalArgumentException(
          "%d numbers for %d gradients of %d weights"
              .formatted(gradients.remaining(), count, w.length));
    }
    this.w = w.clone();
    this.before = kept.clone();
    this.gradients = gradients.slice();
    this.count = count;
    this.block = block;
    this.engine = engine;
    this.lambda = lambda(damping);
    this.ranking = Ranking.of(losses(), before);
  }

  /**
   * The layer's weights with so many zeros.
   *
   * @param zeros at least as many as there are already
   */
  public float[] pruned(int zeros) {
    boolean[] kept = ranking.kept(zeros);
    float[] result = new float[w.length];
    engine.map(
        blocks(),
        from -> {
          int going = 0;
          int to = Math.min(w.length, from + block);
          for (int i = from; i < to; i++) {
            going += before[i] && !kept[i] ? 1 : 0;
          }
          run(from, going, result, new float[0]);
          return from;
        });
    return result;
  }

  /** By weight, what the step in which it goes loses, or more lost before it in its block. */
  private float[] losses() {
    float[] losses = new float[w.length];
    engine.map(
        blocks(),
        from -> {
          run(from, block, new float[0], losses);
          return from;
        });
    return losses;
  }

  private List<Integer> blocks() {
    return IntStream.iterate(0, i -> i < w.length, i -> i + block).boxed().toList();
  }

  private void run(int from, int going, float[] result, float[] losses) {
    int size = Math.min(block, w.length - from);
    InverseFisher inverse = new InverseFisher(size, lambda);
    double[] gradient = new double[size];
    double[] now = new double[size];
    boolean[] open = new boolean[size];
    for (int i = 0; i < size; i++) {
      now[i] = w[from + i];
      open[i] = before[from + i];
    }
    for (int g = 0; g < count && going > 0; g++) {
      for (int i = 0; i < size; i++) {
        gradient[i] = open[i] ? gradients.get(g * w.length + from + i) : 0;
      }
      inverse.add(gradient, count);
    }
    double most = 0;
    for (int left = going; left > 0; left--) {
      int least = least(inverse, now, open);
      if (least < 0) {
        break;
      }
      most = Math.max(most, inverse.loss(now, least));
      if (losses.length > 0) {
        losses[from + least] = (float) Math.min(Float.MAX_VALUE, most);
      }
      inverse.eliminate(now, least);
      open[least] = false;
    }
    for (int i = 0; i < size && result.length > 0; i++) {
      result[from + i] = open[i] ? alive(now[i]) : 0;
    }
  }

  /** A weight that stays is never exactly 0: zeros mean that a weight is gone. */
  private static float alive(double value) {
    float rounded = (float) value;
    return rounded == 0 ? Math.copySign(Float.MIN_NORMAL, rounded) : rounded;
  }

  private static int least(InverseFisher inverse, double[] w, boolean[] open) {
    int least = -1;
    double loss = Double.POSITIVE_INFINITY;
    for (int i = 0; i < w.length; i++) {
      if (open[i] && inverse.loss(w, i) < loss) {
        loss = inverse.loss(w, i);
        least = i;
      }
    }
    return least;
  }

  /** Without any gradient F is the identity, and the least magnitude goes first. */
  private double lambda(double damping) {
    double[] sums = new double[count];
    Integer[] all = new Integer[count];
    Arrays.setAll(all, g -> g);
    engine.map(
        Arrays.asList(all),
        g -> {
          double sum = 0;
          for (int i = 0; i < w.length; i++) {
            double one = gradients.get(g * w.length + i);
            sum += before[i] ? one * one : 0;
          }
          sums[g] = sum;
          return g;
        });
    double mean = count == 0 ? 0 : Arrays.stream(sums).sum() / count / w.length;
    return mean > 0 ? damping * mean : 1;
  }
}
