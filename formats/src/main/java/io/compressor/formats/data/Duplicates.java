package io.compressor.formats.data;

import io.compressor.formats.file.ContentHash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Counts samples that repeat an earlier one, by content. */
final class Duplicates {
  private Duplicates() {}

  /** 128 bits of a SHA-256: two different samples do not collide by accident. */
  private record Print(long high, long low) {}

  static int count(Collection<Column> columns, int[] rows) {
    MessageDigest digest = ContentHash.start();
    Set<Print> seen = new HashSet<>();
    int repeated = 0;
    for (int row : rows) {
      for (Column column : columns) {
        digest.update(
            ByteBuffer.wrap(Arrays.toString(column.dims(row)).getBytes(StandardCharsets.US_ASCII)));
        column.digest(row, digest);
      }
      ByteBuffer sum = ByteBuffer.wrap(digest.digest());
      repeated += seen.add(new Print(sum.getLong(), sum.getLong())) ? 0 : 1;
    }
    return repeated;
  }
}
