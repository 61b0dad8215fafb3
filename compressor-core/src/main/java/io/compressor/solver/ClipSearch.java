package io.compressor.solver;

/**
 * How the range of a grid is searched: shrink it by p = 1 − i/grid for i = 0 … maxShrink·grid − 1
 * and keep the p with the least Σ h·|q − w|^norm, the smaller i on a tie.
 *
 * <p>Source: GPTQ {@code quant.py}, same in QuaRot and RSQ ({@code --w_clip}). Deviations: the
 * power is a table good to 1e-6 relative; column weights h (for instance the Hessian diagonal) and
 * {@link ExtraLevel} are ours, off in {@link #PUBLISHED}.
 *
 * @param grid steps of the full range
 * @param maxShrink largest cut, part of the range in (0, 1)
 * @param norm exponent of the error, &gt; 0
 * @param extraLevel where a symmetric grid has its additional level
 */
public record ClipSearch(int grid, double maxShrink, double norm, ExtraLevel extraLevel) {
  /** Which sign gets the one level more that 2^bits codes around zero leave over. */
  public enum ExtraLevel {
    /** Codes −2^(b−1) … 2^(b−1)−1, as published. */
    NEGATIVE,
    /** Whichever sign has the lower error; a negative scale puts it on the positive side. */
    BEST
  }

  /** Grid 100, maxshrink 0.8, norm 2.4. */
  public static final ClipSearch PUBLISHED = new ClipSearch(100, 0.8, 2.4, ExtraLevel.NEGATIVE);

  /** The published search for least squares. */
  public static final ClipSearch LEAST_SQUARES = new ClipSearch(100, 0.8, 2.0, ExtraLevel.NEGATIVE);

  public ClipSearch {
    if (grid < 1 || !(maxShrink > 0 && maxShrink < 1) || !(norm > 0 && norm <= 16)) {
      throw new IllegalArgumentException(
          "expected grid >= 1, 0 < maxShrink < 1, 0 < norm <= 16 but got %d, %s, %s"
              .formatted(grid, maxShrink, norm));
    }
  }

  public ClipSearch with(ExtraLevel level) {
    return new ClipSearch(grid, maxShrink, norm, level);
  }

  /** Number of ranges tried; at least the full one. */
  int tries() {
    return Math.max(1, (int) (maxShrink * grid));
  }
}
