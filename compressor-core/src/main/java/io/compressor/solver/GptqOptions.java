package io.compressor.solver;

/**
 * @param damping added to the diagonal of H, as part of its mean; published 0.01
 * @param blockSize columns whose updates of the others are delayed together; changes speed only, so
 *     16 and not the published 128: inside a block rows are added one by one, four times as slow
 * @param order in which columns are quantized; codes always come back in the order of W
 * @param deadColumns what to do with inputs that were 0 on every calibration row
 */
public record GptqOptions(
    double damping, int blockSize, ColumnOrder order, DeadColumns deadColumns) {
  /** Order of quantization. Either is free at run time, because grids do not depend on it. */
  public enum ColumnOrder {
    NATURAL,
    /** Largest H_jj first ("act-order"), ties by index. */
    DESCENDING_DIAGONAL
  }

  /** Weights of dead inputs, about which the data says nothing. */
  public enum DeadColumns {
    /** Set to 0, as published. */
    ZERO,
    /** Rounded to nearest: safer when calibration data is scarce. */
    ROUND
  }

  /** 0.01, natural order, dead weights set to 0. */
  public static final GptqOptions PUBLISHED =
      new GptqOptions(0.01, 16, ColumnOrder.NATURAL, DeadColumns.ZERO);

  public GptqOptions {
    if (!(damping >= 0 && damping <= 1)) {
      throw new IllegalArgumentException("damping must be 0 to 1 but was " + damping);
    }
    if (blockSize < 1) {
      throw new IllegalArgumentException("blockSize must be >= 1 but was " + blockSize);
    }
  }

  public GptqOptions withDamping(double value) {
    return new GptqOptions(value, blockSize, order, deadColumns);
  }

  public GptqOptions withBlockSize(int value) {
    return new GptqOptions(damping, value, order, deadColumns);
  }

  public GptqOptions withOrder(ColumnOrder value) {
    return new GptqOptions(damping, blockSize, value, deadColumns);
  }

  public GptqOptions withDeadColumns(DeadColumns value) {
    return new GptqOptions(damping, blockSize, order, value);
  }
}
