package io.compressor.solver;

/**
 * Evenly spaced levels: w = scale · (code − zero).
 *
 * @param scales [rows × groups] row-major, &gt; 0
 * @param zeros [rows × groups] zero points, unsigned bytes in [0, 2^bits)
 * @param group columns that share a scale (the last group may be short)
 */
public record UniformGrid(int rows, int cols, int bits, int group, float[] scales, byte[] zeros)
    implements Grid {

  public int groups() {
    return (cols + group - 1) / group;
  }

  @Override
  public int encode(int row, int col, double w) {
    int g = row * groups() + col / group;
    long code = Math.round(Math.rint(w / scales[g])) + (zeros[g] & 0xff);
    return (int) Math.max(0, Math.min((1 << bits) - 1, code));
  }

  @Override
  public double decode(int row, int col, int code) {
    int g = row * groups() + col / group;
    return (double) scales[g] * (code - (zeros[g] & 0xff));
  }
}
