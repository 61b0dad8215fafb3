package io.compressor.runtime;

import java.util.Comparator;

/**
 * What a measured time depends on.
 *
 * @param machine as {@link RuntimeInfo#machine()}
 * @param encoding identifies the written form, parameters included
 * @param out rows of the weight seen as [out, in]
 * @param in columns of the weight
 * @param rows activation rows in one run (M)
 */
public record ProbeKey(
    String ortVersion, String machine, int threads, String encoding, long out, long in, long rows)
    implements Comparable<ProbeKey> {
  private static final Comparator<ProbeKey> ORDER =
      Comparator.comparing(ProbeKey::ortVersion)
          .thenComparing(ProbeKey::machine)
          .thenComparingInt(ProbeKey::threads)
          .thenComparing(ProbeKey::encoding)
          .thenComparingLong(ProbeKey::out)
          .thenComparingLong(ProbeKey::in)
          .thenComparingLong(ProbeKey::rows);

  public ProbeKey {
    if ((ortVersion + machine + encoding).matches("(?s).*[\\t\\n\\r].*")) {
      throw new IllegalArgumentException("tabs and line breaks are not allowed: " + encoding);
    }
  }

  /** A key for the runtime and machine at hand. */
  public static ProbeKey of(
      RuntimeInfo info, int threads, String encoding, long out, long in, long rows) {
    return new ProbeKey(info.ortVersion(), info.machine(), threads, encoding, out, in, rows);
  }

  @Override
  public int compareTo(ProbeKey other) {
    return ORDER.compare(this, other);
  }
}
