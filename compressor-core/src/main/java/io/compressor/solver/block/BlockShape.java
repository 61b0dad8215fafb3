package io.compressor.solver.block;

/**
 * The rectangle of a weight [rows × cols] that shares a scale. Rectangles at the right and lower
 * edge may be smaller.
 *
 * @param height rows of the rectangle; 0 = all
 * @param width columns of the rectangle; 0 = all
 */
public record BlockShape(int height, int width) {
  /** One scale for the whole tensor: layer-wise quantization. */
  public static final BlockShape FULL = new BlockShape(0, 0);

  /** One scale for each output. */
  public static final BlockShape ROW = new BlockShape(1, 0);

  public BlockShape {
    if (height < 0 || width < 0) {
      throw new IllegalArgumentException(
          "a block cannot have %d x %d weights".formatted(height, width));
    }
  }

  /** B × B. */
  public static BlockShape square(int side) {
    return new BlockShape(side, side);
  }

  /** The shape as it is in a tensor of this size. */
  public BlockShape within(int rows, int cols) {
    return new BlockShape(
        height == 0 ? rows : Math.min(height, rows), width == 0 ? cols : Math.min(width, cols));
  }

  /** Blocks from top to bottom. */
  public int down(int rows) {
    return height == 0 ? 1 : (rows + height - 1) / height;
  }

  /** Blocks from left to right. */
  public int across(int cols) {
    return width == 0 ? 1 : (cols + width - 1) / width;
  }

  /** Number of scales. */
  public int count(int rows, int cols) {
    return Math.multiplyExact(down(rows), across(cols));
  }

  /** {@code 64x64}, {@code row}, {@code tensor}. */
  public String words() {
    if (equals(FULL)) {
      return "tensor";
    }
    return equals(ROW) ? "row" : side(height) + "x" + side(width);
  }

  private static String side(int length) {
    return length == 0 ? "all" : Integer.toString(length);
  }
}
