package io.compressor.graph;

/**
 * How a weight tensor's row-major data maps to W [out, in].
 *
 * @param out rows of W
 * @param in columns of W
 * @param transposed true when the stored matrix is [in, out] (MatMul's right operand, Gemm with
 *     transB = 0); false when it is [out, in] already (Conv, Gemm with transB = 1, Gather, MatMul's
 *     left operand)
 */
public record WeightLayout(int out, int in, boolean transposed) {

  /** Stored order to W [out × in]; returns the same array when nothing has to move. */
  public float[] toMatrix(float[] stored) {
    return transposed ? transposed(stored, in, out) : stored;
  }

  /** W [out × in] back to stored order; returns the same array when nothing has to move. */
  public float[] toStored(float[] matrix) {
    return transposed ? transposed(matrix, out, in) : matrix;
  }

  /** Codes [out × in] back to stored order. */
  public byte[] toStored(byte[] matrix) {
    if (!transposed) {
      return matrix;
    }
    byte[] t = new byte[matrix.length];
    for (int r = 0; r < out; r++) {
      for (int c = 0; c < in; c++) {
        t[c * out + r] = matrix[r * in + c];
      }
    }
    return t;
  }

  /** Codes in stored order to [out × in]; returns the same array when nothing has to move. */
  public byte[] toMatrix(byte[] stored) {
    return transposed ? new WeightLayout(in, out, true).toStored(stored) : stored;
  }

  /** [rows × cols] to [cols × rows]. */
  public static float[] transposed(float[] m, int rows, int cols) {
    float[] t = new float[m.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < cols; c++) {
        t[c * rows + r] = m[r * cols + c];
      }
    }
    return t;
  }
}
