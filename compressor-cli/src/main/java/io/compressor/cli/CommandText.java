package io.compressor.cli;

import java.util.stream.Collectors;
import picocli.CommandLine;

/** The command line as one could type it again. */
final class CommandText {
  private CommandText() {}

  static String of(CommandLine line) {
    CommandLine root = line;
    while (root.getParent() != null) {
      root = root.getParent();
    }
    return "compressor "
        + root.getParseResult().originalArgs().stream()
            .map(CommandText::quote)
            .collect(Collectors.joining(" "));
  }

  private static String quote(String word) {
    return word.matches("[A-Za-z0-9_./:=,%@+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
