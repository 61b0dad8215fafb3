package io.compressor.solver;

/**
 * The nearest of some points. Coordinates lie side by side, so that distances to all points are
 * sums of contiguous rows, which the JIT turns into vector code.
 */
final class NearestVector {
  private final float[][] coordinates;
  private final float[][] halfSquares;
  private final float[] halfNorms;

  /**
   * @param coordinates [dimensions][points]
   */
  NearestVector(float[][] coordinates) {
    this.coordinates = coordinates;
    int size = coordinates[0].length;
    halfSquares = new float[coordinates.length][size];
    halfNorms = new float[size];
    for (int j = 0; j < coordinates.length; j++) {
      for (int k = 0; k < size; k++) {
        halfSquares[j][k] = coordinates[j][k] * coordinates[j][k] / 2;
        halfNorms[k] += halfSquares[j][k];
      }
    }
  }

  /** The first {@code used} entries of each codeword. */
  static NearestVector of(VectorCodebook table, int used) {
    float[][] coordinates = new float[used][table.size()];
    for (int k = 0; k < table.size(); k++) {
      for (int j = 0; j < used; j++) {
        coordinates[j][k] = table.at(k, j);
      }
    }
    return new NearestVector(coordinates);
  }

  /** Of points [points × dimensions] row-major. */
  static NearestVector of(float[] points, int dimensions) {
    float[][] coordinates = new float[dimensions][points.length / dimensions];
    for (int i = 0; i < points.length; i++) {
      coordinates[i % dimensions][i / dimensions] = points[i];
    }
    return new NearestVector(coordinates);
  }

  int size() {
    return halfNorms.length;
  }

  /**
   * The point with the least Σ (x − c)²; the first of several.
   *
   * @param x read from {@code at}
   * @param scratch [size]
   */
  int of(float[] x, int at, float[] scratch) {
    System.arraycopy(halfNorms, 0, scratch, 0, scratch.length);
    for (int j = 0; j < coordinates.length; j++) {
      subtract(scratch, coordinates[j], x[at + j]);
    }
    return smallest(scratch);
  }

  /** The point with the least Σ weight (x − c)²; weights are read from {@code weightsAt}. */
  int of(float[] x, int at, float[] weights, int weightsAt, float[] scratch) {
    java.util.Arrays.fill(scratch, 0);
    for (int j = 0; j < coordinates.length; j++) {
      float h = weights[weightsAt + j];
      add(scratch, halfSquares[j], h);
      subtract(scratch, coordinates[j], h * x[at + j]);
    }
    return smallest(scratch);
  }

  private static void subtract(float[] target, float[] row, float c) {
    for (int k = 0; k < target.length; k++) {
      target[k] -= c * row[k];
    }
  }

  private static void add(float[] target, float[] row, float c) {
    for (int k = 0; k < target.length; k++) {
      target[k] += c * row[k];
    }
  }

  private static int smallest(float[] values) {
    int best = 0;
    float least = values[0];
    for (int k = 1; k < values.length; k++) {
      if (values[k] < least) {
        least = values[k];
        best = k;
      }
    }
    return best;
  }
}
