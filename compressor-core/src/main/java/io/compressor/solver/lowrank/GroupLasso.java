package io.compressor.solver.lowrank;

/**
 * The hierarchical group lasso λ Σ_b ‖A^{b:}‖ over the suffixes of a factor's components (Maestro,
 * equation 5). Component k lies in k + 1 groups, so later ones shrink first and the order by
 * importance comes about.
 *
 * <p>Applied as a proximal step instead of by its gradient: the groups are nested, so shrinking
 * them one after the other from the innermost is the exact minimiser (Jenatton et al. 2011,
 * proximal methods for hierarchical sparse coding), and components reach 0 instead of circling it.
 */
public final class GroupLasso {
  private GroupLasso() {}

  /**
   * ‖A^{k:}‖ for each k, [rank].
   *
   * @param squares ‖component‖² of each component
   */
  public static double[] suffixNorms(double[] squares) {
    double[] norms = new double[squares.length];
    double sum = 0;
    for (int k = squares.length - 1; k >= 0; k--) {
      sum += squares[k];
      norms[k] = Math.sqrt(sum);
    }
    return norms;
  }

  /** λ Σ_k ‖A^{k:}‖ for λ = 1. */
  public static double penalty(double[] squares) {
    double sum = 0;
    for (double norm : suffixNorms(squares)) {
      sum += norm;
    }
    return sum;
  }

  /**
   * What each component is multiplied with by one proximal step.
   *
   * @param squares ‖component‖² of each component
   * @param by λ times the learning rate
   */
  public static double[] shrinkage(double[] squares, double by) {
    int rank = squares.length;
    double[] own = new double[rank];
    double suffix = 0;
    for (int k = rank - 1; k >= 0; k--) {
      double norm = Math.sqrt(squares[k] + suffix * suffix);
      own[k] = norm <= by ? 0 : 1 - by / norm;
      suffix = norm * own[k];
    }
    double all = 1;
    for (int k = 0; k < rank; k++) {
      all *= own[k];
      own[k] = all;
    }
    return own;
  }

  /**
   * ‖U^{k:}‖ · ‖V^{k:}‖ for each k: never increasing, in units of singular values.
   *
   * @param u ‖column‖² of U
   * @param v ‖row‖² of V
   */
  public static double[] importance(double[] u, double[] v) {
    double[] a = suffixNorms(u);
    double[] b = suffixNorms(v);
    for (int k = 0; k < a.length; k++) {
      a[k] *= b[k];
    }
    return a;
  }

  /** Components of at least some importance; 1 at least, since rank 0 would leave a constant. */
  public static int effectiveRank(double[] importance, double least) {
    int rank = importance.length;
    while (rank > 1 && importance[rank - 1] < least) {
      rank--;
    }
    return rank;
  }
}
