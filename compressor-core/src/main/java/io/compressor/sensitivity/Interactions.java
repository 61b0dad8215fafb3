package io.compressor.sensitivity;

import io.compressor.engine.Progress;
import io.compressor.ir.Tensor;
import io.compressor.solver.mixed.PairModel;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Terms between layers of the quadratic model of the loss.
 *
 * <p>Source: Schaefer et al. (arXiv 2306.04879), the inter-layer term; loss pairs as in CLADO
 * (arXiv 2307.05657). Only layers within {@code reach} of each other, in the order of the model,
 * are looked at: terms between distant layers are small and there are many of them.
 */
public final class Interactions {
  private Interactions() {}

  /**
   * From Hessian products: Cᵢⱼ = Δwᵢᵀ(HΔwⱼ)ᵢ, one product for each layer and level; and the layer's
   * own term ½Δwᵢᵀ(HΔwᵢ)ᵢ, exact for a quadratic loss.
   *
   * @param curvature of parameters that hold those of all moves
   */
  public static PairModel products(Curvature curvature, Moves moves, int reach, Progress progress) {
    int n = moves.layers();
    int levels = moves.levels();
    double[][] own = new double[n][levels];
    Map<Long, Double> directed = new HashMap<>();
    Map<Integer, Optional<Tensor>> window = new LinkedHashMap<>();
    progress.begin("interactions", (long) n * (levels - 1));
    for (int j = 0; j < n; j++) {
      int first = Math.max(0, j - reach);
      int past = first * levels;
      window.keySet().removeIf(k -> k < past);
      for (int b = 1; b < levels; b++) {
        progress.checkCancelled();
        Optional<Tensor> move = move(window, moves, j, b);
        if (move.isPresent()) {
          Map<String, Tensor> hv = curvature.product(Map.of(moves.parameter(j), move.get()));
          for (int i = first; i < Math.min(n, j + reach + 1); i++) {
            Tensor part = hv.get(moves.parameter(i));
            for (int a = 1; a < levels && part != null; a++) {
              Optional<Tensor> other = move(window, moves, i, a);
              if (other.isPresent()) {
                double term = Vectors.dot(other.get(), part);
                if (i != j) {
                  directed.put(key(i, a, j, b, n, levels), term);
                } else if (a == b) {
                  own[j][b] = 0.5 * term;
                }
              }
            }
          }
        }
        progress.advance(1);
      }
    }
    PairModel model = new PairModel(own);
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < Math.min(n, i + reach + 1); j++) {
        for (int a = 1; a < levels; a++) {
          for (int b = 1; b < levels; b++) {
            Double one = directed.get(key(i, a, j, b, n, levels));
            Double two = directed.get(key(j, b, i, a, n, levels));
            if (one != null && two != null) {
              model.setPair(i, a, j, b, 0.5 * (one + two));
            }
          }
        }
      }
    }
    return model;
  }

  /**
   * From losses of pairs: Dᵢⱼ = f(i and j) − f(i) − f(j), both at one level; between different
   * levels the geometric mean of the two, where their signs agree. No gradients, exact for pairs.
   *
   * @param own [layer][level], f(i) − f(0)
   * @param may whether a layer can take a level
   * @param loss f(c) − f(0) of a configuration
   */
  public static PairModel losses(
      double[][] own, boolean[][] may, int reach, ToDoubleFunction<int[]> loss, Progress progress) {
    int n = own.length;
    PairModel model = new PairModel(own);
    int levels = model.levels();
    progress.begin("interactions", pairs(n, reach) * (levels - 1));
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < Math.min(n, i + reach + 1); j++) {
        for (int level = 1; level < levels; level++) {
          progress.checkCancelled();
          if (may[i][level] && may[j][level]) {
            int[] both = new int[n];
            both[i] = level;
            both[j] = level;
            double term = loss.applyAsDouble(both) - own[i][level] - own[j][level];
            model.setPair(i, level, j, level, Double.isFinite(term) ? term : 0);
          }
          progress.advance(1);
        }
        mixed(model, i, j, levels);
      }
    }
    return model;
  }

  private static void mixed(PairModel model, int i, int j, int levels) {
    for (int a = 1; a < levels; a++) {
      for (int b = 1; b < levels; b++) {
        double one = model.pair(i, a, j, a);
        double two = model.pair(i, b, j, b);
        if (a != b && one * two > 0) {
          model.setPair(i, a, j, b, Math.signum(one) * Math.sqrt(one * two));
        }
      }
    }
  }

  /** How many pairs of n layers lie within reach. */
  public static long pairs(int n, int reach) {
    long r = Math.min(reach, Math.max(0, n - 1));
    return n * r - r * (r + 1) / 2;
  }

  /** The farthest reach with at most so many pairs; at least 1. */
  public static int reach(int n, long most) {
    int reach = 1;
    while (reach < n - 1 && pairs(n, reach + 1) <= most) {
      reach++;
    }
    return reach;
  }

  private static Optional<Tensor> move(
      Map<Integer, Optional<Tensor>> window, Moves moves, int layer, int level) {
    return window.computeIfAbsent(layer * moves.levels() + level, k -> moves.move(layer, level));
  }

  private static long key(int i, int a, int j, int b, int n, int levels) {
    return ((long) (i * levels + a)) * n * levels + j * (long) levels + b;
  }
}
