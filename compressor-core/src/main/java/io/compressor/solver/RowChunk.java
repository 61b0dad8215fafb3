package io.compressor.solver;

import java.util.ArrayList;
import java.util.List;

/**
 * A run of rows that one thread works on. Rows never exchange numbers, so the cut has no effect on
 * results.
 *
 * @param from first row
 * @param to one past the last row
 */
record RowChunk(int from, int to) {
  /** [from, to) in runs of at most {@code most} rows. */
  static List<RowChunk> cut(int from, int to, int most) {
    List<RowChunk> chunks = new ArrayList<>();
    for (int row = from; row < to; row += most) {
      chunks.add(new RowChunk(row, Math.min(to, row + most)));
    }
    return chunks;
  }
}
