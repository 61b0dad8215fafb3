package io.compressor.error;

import org.jspecify.annotations.Nullable;

/**
 * The one unchecked exception of the toolkit.
 *
 * <p>The message says what is wrong, found against expected; {@code where} names the file, node,
 * key or argument; {@code hint} says what to do about it and may be empty.
 */
public final class CompressorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String where;
  private final String hint;

  public CompressorException(ErrorCode code, String where, String message, String hint) {
    this(code, where, message, hint, null);
  }

  public CompressorException(
      ErrorCode code, String where, String message, String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.where = where;
    this.hint = hint;
  }

  public ErrorCode code() {
    return code;
  }

  /** File, node, recipe key or argument. */
  public String where() {
    return where;
  }

  /** What the user can do; empty when there is nothing to suggest. */
  public String hint() {
    return hint;
  }
}
