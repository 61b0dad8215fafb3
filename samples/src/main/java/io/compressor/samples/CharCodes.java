package io.compressor.samples;

import io.compressor.demo.Gloss;
import io.compressor.formats.data.NpzWriter;
import io.compressor.ir.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Texts as pictures of one row: each character a code below {@value #ALPHABET}, 0 where the text
 * has ended. Longer texts are cut after {@value #LENGTH} characters.
 */
final class CharCodes {
  static final int ALPHABET = 32;
  static final int LENGTH = 128;

  private static final int SPACE = 27;
  private static final int DIGIT = 28;
  private static final int JOINER = 29;
  private static final int PAUSE = 30;
  private static final int OTHER = 31;

  private CharCodes() {}

  /** Codes of one text [LENGTH]. */
  static long[] of(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    long[] codes = new long[LENGTH];
    for (int i = 0; i < Math.min(LENGTH, lower.length()); i++) {
      codes[i] = code(lower.charAt(i));
    }
    return codes;
  }

  /** Codes [n, LENGTH] under the given name. */
  static Tensor tensor(String name, List<Gloss> glosses) {
    long[] codes = new long[glosses.size() * LENGTH];
    for (int i = 0; i < glosses.size(); i++) {
      System.arraycopy(of(glosses.get(i).text()), 0, codes, i * LENGTH, LENGTH);
    }
    return Tensor.ofLongs(name, new long[] {glosses.size(), LENGTH}, codes);
  }

  /** Writes codes and labels as a data set for {@link CharCnn}. */
  static Path write(Path npz, List<Gloss> glosses) {
    long[] labels = glosses.stream().mapToLong(Gloss::label).toArray();
    NpzWriter.write(
        npz,
        List.of(
            tensor(CharCnn.INPUT, glosses),
            Tensor.ofLongs("label", new long[] {labels.length}, labels)));
    return npz;
  }

  private static int code(char c) {
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 1;
    }
    if (c == ' ') {
      return SPACE;
    }
    if (c >= '0' && c <= '9') {
      return DIGIT;
    }
    return switch (c) {
      case '-', '\'' -> JOINER;
      case ',', '.', ';', ':' -> PAUSE;
      default -> OTHER;
    };
  }
}
