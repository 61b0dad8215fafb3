package io.compressor.encoding;

/**
 * How much of int8 the weights of an int8 kernel may use.
 *
 * <p>x86 CPUs without VNNI multiply u8 by s8 with {@code vpmaddubsw}, which adds two products in 16
 * saturating bits. Two products of at most 255 · 64 fit (32640 &lt; 32767), 255 · 127 twice do not.
 * A file is compressed on one machine and run on others, so SAFE is the default everywhere; see
 * docs/adr/0004-int8-range.md.
 */
public enum Int8Range {
  /** [-64, 63]: right on every CPU. */
  SAFE(7, 63),
  /** [-128, 127]: one bit finer, wrong by saturation on x86 without VNNI. */
  FULL(8, 127);

  private final int bits;
  private final int limit;

  Int8Range(int bits, int limit) {
    this.bits = bits;
    this.limit = limit;
  }

  /** Bits of a uniform grid that fills the range. */
  public int bits() {
    return bits;
  }

  /** Largest symmetric magnitude. */
  public int limit() {
    return limit;
  }
}
