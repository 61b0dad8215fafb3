package io.compressor.encoding;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.util.List;

/** Every encoding there is, in the order in which ties are broken. */
public final class Encodings {
  public static final Encoding TABLE_INT8 = new TableInt8(Arithmetic.DYNAMIC_INT8);
  public static final Encoding DYNAMIC_INT8 = new DynamicInt8(Arithmetic.DYNAMIC_INT8);
  public static final Encoding TABLE_TOKEN = new TableInt8(Arithmetic.TOKEN_INT8);
  public static final Encoding INT8_TOKEN = new DynamicInt8(Arithmetic.TOKEN_INT8);
  public static final Encoding NBITS = new NBits(Arithmetic.DYNAMIC_INT8);
  public static final Encoding NBITS_EXACT = new NBits(Arithmetic.FLOAT);
  public static final Encoding DQ_BLOCKED = new BlockedDq();
  public static final Encoding TABLE_QDQ = new TableQdq();
  public static final Encoding INT8_QDQ = new ChannelDq();
  public static final Encoding TABLE_FLOAT = new TableFloat();
  public static final Encoding INT8_FLOAT = new Int8Float();

  /**
   * Not among {@link #ALL}: slower than float, so nothing should choose it that was not told to.
   */
  public static final Encoding BLOCK_INTEGER = new BlockInteger();

  /** Nor are these: what they compute is not the original's, unless it learnt that way. */
  public static final Encoding BINARY_INT8 = new BinaryProduct(true);

  public static final Encoding BINARY_FLOAT = new BinaryProduct(false);

  public static final Encoding GATHER_BLOCKS = new GatherBlocks();
  public static final Encoding INT8_ROWS = new Int8Rows();

  public static final List<Encoding> ALL =
      List.of(
          TABLE_INT8,
          DYNAMIC_INT8,
          TABLE_TOKEN,
          INT8_TOKEN,
          NBITS,
          NBITS_EXACT,
          DQ_BLOCKED,
          TABLE_QDQ,
          INT8_QDQ,
          TABLE_FLOAT,
          INT8_FLOAT,
          GATHER_BLOCKS,
          INT8_ROWS);

  private Encodings() {}

  /**
   * @throws CompressorException USAGE when there is no such encoding
   */
  public static Encoding byId(String id) {
    return ALL.stream()
        .filter(e -> e.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new CompressorException(
                    ErrorCode.USAGE,
                    "encoding",
                    "found '" + id + "'",
                    "known are " + String.join(", ", ALL.stream().map(Encoding::id).toList())));
  }
}
