package io.compressor.statistics;

import io.compressor.ir.Bytes;
import io.compressor.ir.ElementType;
import io.compressor.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Rows waiting to be multiplied, in blocks of a fixed number of rows in direct memory: about as
 * many rows as columns, at most 64 MiB, but never fewer than 64 rows.
 */
final class RowBlocks {
  private static final long MAX_FLOATS = 16L << 20;

  private final int size;
  private final int capacity;
  private final Deque<ByteBuffer> spare = new ArrayDeque<>();
  private final List<Block> full = new ArrayList<>();
  private ByteBuffer filling;

  /** Rows [count, size] and the memory under them. */
  record Block(Tensor rows, ByteBuffer memory) {}

  RowBlocks(int size) {
    this.size = size;
    this.capacity = rowsPerBlock(size);
    this.filling = fresh();
  }

  static int rowsPerBlock(int size) {
    return (int) Math.min(Math.max(1024, size), Math.max(64, MAX_FLOATS / size));
  }

  /** Copies whole rows in. */
  void append(ByteBuffer rows) {
    while (rows.hasRemaining()) {
      int step = Math.min(rows.remaining(), filling.remaining());
      filling.put(rows.slice(rows.position(), step));
      rows.position(rows.position() + step);
      if (!filling.hasRemaining()) {
        finish();
        filling = fresh();
      }
    }
  }

  /** Full blocks not taken yet, in order, and with {@code rest} also the one being filled. */
  List<Block> take(boolean rest) {
    if (rest && filling.position() > 0) {
      finish();
      filling = ByteBuffer.allocate(0);
    }
    List<Block> taken = List.copyOf(full);
    full.clear();
    return taken;
  }

  /** The memory may be used again. */
  void giveBack(Block block) {
    spare.push(block.memory().clear());
  }

  private void finish() {
    ByteBuffer memory = filling.flip();
    long[] dims = {memory.remaining() / 4 / size, size};
    full.add(new Block(Tensor.of("x", ElementType.FLOAT, dims, Bytes.of(memory)), memory));
  }

  private ByteBuffer fresh() {
    return spare.isEmpty()
        ? ByteBuffer.allocateDirect(capacity * size * 4).order(ByteOrder.LITTLE_ENDIAN)
        : spare.pop();
  }
}
