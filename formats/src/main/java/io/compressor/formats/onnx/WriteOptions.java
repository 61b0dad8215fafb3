package io.compressor.formats.onnx;

/**
 * How a model is written.
 *
 * @param externalData whether weights go to a file of their own
 * @param inlineLimit bytes above which {@link ExternalData#AUTO} takes an external file
 */
public record WriteOptions(ExternalData externalData, long inlineLimit) {
  /** Whether weights go to a file of their own. */
  public enum ExternalData {
    /** One file; refused above the 2 GiB that protobuf can hold. */
    NEVER,
    /** One file while it fits, else like ALWAYS. */
    AUTO,
    /** Initializers of 1 KiB and more go to {@code <name>.data}. */
    ALWAYS
  }

  /** Largest message that protobuf implementations accept. */
  static final long PROTOBUF_LIMIT = Integer.MAX_VALUE;

  /** Room below the limit, since some readers count copies of the header too. */
  private static final long MARGIN = 64L << 20;

  public WriteOptions {
    if (inlineLimit < 0 || inlineLimit > PROTOBUF_LIMIT) {
      throw new IllegalArgumentException("inlineLimit must be in [0, 2^31) but was " + inlineLimit);
    }
  }

  public static WriteOptions of(ExternalData externalData) {
    return new WriteOptions(externalData, PROTOBUF_LIMIT - MARGIN);
  }

  /** One file while it fits. */
  public static WriteOptions auto() {
    return of(ExternalData.AUTO);
  }
}
