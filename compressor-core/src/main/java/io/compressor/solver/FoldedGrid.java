package io.compressor.solver;

/**
 * Levels of the form "packed codes → small table → int8": what runs as an ordinary int8 weight but
 * is stored in few bits.
 *
 * <pre>
 *   w[r, c] = rowScale[r] · rint(table[code] · m[r, g] / 2^shift),  g = c / group
 * </pre>
 *
 * <p>The product of table entry and multiplier is exact in fp32, and rint is ONNX Round, so a graph
 * decodes to exactly these integers; they stay within ±127, so no clip is needed. With one group
 * for the whole row m is 1 and shift is 0: the int8 weight is the table entry itself.
 */
public final class FoldedGrid implements Grid {
  private final int rows;
  private final int cols;
  private final int group;
  private final int groups;
  private final Codebook table;
  private final int shift;
  private final float[] rowScales;
  private final byte[] multipliers;
  private final FoldedLevels levels;

  /**
   * @param group columns that share a multiplier; the last group may be short
   * @param shift 0 to 7
   * @param rowScales [rows], finite, not 0
   * @param multipliers [rows × groups] row-major, unsigned bytes; none may take a level out of ±127
   */
  public FoldedGrid(
      int rows,
      int cols,
      int group,
      Codebook table,
      int shift,
      float[] rowScales,
      byte[] multipliers) {
    groups = (cols + group - 1) / group;
    if (rowScales.length != rows || multipliers.length != rows * groups) {
      throw new IllegalArgumentException(
          "expected %d row scales and %d multipliers but got %d and %d"
              .formatted(rows, rows * groups, rowScales.length, multipliers.length));
    }
    if (shift < 0 || shift > 7) {
      throw new IllegalArgumentException("shift must be 0 to 7 but was " + shift);
    }
    this.rows = rows;
    this.cols = cols;
    this.group = group;
    this.table = table;
    this.shift = shift;
    this.rowScales = rowScales;
    this.multipliers = multipliers;
    this.levels = new FoldedLevels(table, shift);
    for (int i = 0; i < multipliers.length; i++) {
      if (!levels.fits(multipliers[i] & 0xff)) {
        throw new IllegalArgumentException(
            "multiplier %d of row %d takes codeword %d / 2^%d out of int8"
                .formatted(multipliers[i] & 0xff, i / groups, table.most(), shift));
      }
    }
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  @Override
  public int bits() {
    return table.bits();
  }

  public int group() {
    return group;
  }

  public int groups() {
    return groups;
  }

  public Codebook table() {
    return table;
  }

  public int shift() {
    return shift;
  }

  /** [rows]; not a copy. */
  public float[] rowScales() {
    return rowScales;
  }

  /** [rows × groups] row-major, unsigned bytes; not a copy. */
  public byte[] multipliers() {
    return multipliers;
  }

  /** Whether every multiplier is 2^shift, so that the int8 weight is the table entry itself. */
  public boolean isPlain() {
    for (byte m : multipliers) {
      if ((m & 0xff) != 1 << shift) {
        return false;
      }
    }
    return true;
  }

  /** The int8 weight that the graph computes for a code. */
  public int int8(int row, int col, int code) {
    return levels.level(multiplier(row, col), code);
  }

  @Override
  public int encode(int row, int col, double w) {
    return levels.code(multiplier(row, col), w / rowScales[row]);
  }

  @Override
  public double decode(int row, int col, int code) {
    return (double) rowScales[row] * levels.level(multiplier(row, col), code);
  }

  private int multiplier(int row, int col) {
    return multipliers[row * groups + col / group] & 0xff;
  }
}
