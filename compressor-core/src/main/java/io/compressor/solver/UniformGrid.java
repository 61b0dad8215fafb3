package io.compressor.solver;

/**
 * Evenly spaced levels: w = scale · (code − zero). Rounding is round(w / scale) + zero, half to
 * even before the zero point is added, as torch and ONNX Runtime do.
 *
 * @param scales [rows × groups] row-major, finite, not 0; below 0 only where {@link
 *     ClipSearch.ExtraLevel#BEST} put the extra level on the positive side
 * @param zeros [rows × groups] zero points, unsigned bytes in [0, 2^bits)
 * @param group columns that share a scale (the last group may be short)
 */
public record UniformGrid(int rows, int cols, int bits, int group, float[] scales, byte[] zeros)
    implements Grid {

  public UniformGrid {
    int groups = (cols + group - 1) / group;
    if (scales.length != rows * groups || zeros.length != scales.length) {
      throw new IllegalArgumentException(
          "expected %d scales and zeros for %d x %d in groups of %d but got %d and %d"
              .formatted(rows * groups, rows, cols, group, scales.length, zeros.length));
    }
  }

  public int groups() {
    return (cols + group - 1) / group;
  }

  @Override
  public int encode(int row, int col, double w) {
    int g = row * groups() + col / group;
    double code = Math.rint(w / scales[g]) + (zeros[g] & 0xff);
    return (int) Math.max(0, Math.min((1 << bits) - 1, code));
  }

  @Override
  public double decode(int row, int col, int code) {
    int g = row * groups() + col / group;
    return (double) scales[g] * (code - (zeros[g] & 0xff));
  }
}
