package io.compressor.cli;

import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/**
 * Which outputs are terminals, and whether colour is wanted.
 *
 * @param out whether results go to a terminal
 * @param err whether messages go to a terminal, so that a progress bar may be drawn
 */
record Terminals(boolean out, boolean err, boolean colour) {

  /** Nobody watches: files, pipes, tests. */
  static final Terminals NONE = new Terminals(false, false, false);

  /** What the launcher found. Java itself cannot tell the two outputs apart. */
  static Terminals ofProcess() {
    List<String> names = List.of(System.getProperty("compressor.terminals", "").split(","));
    boolean out = names.contains("out");
    boolean plain = System.getenv("NO_COLOR") != null || "dumb".equals(System.getenv("TERM"));
    return new Terminals(out, names.contains("err"), out && !plain);
  }

  Ansi ansi() {
    return colour ? Ansi.ON : Ansi.OFF;
  }

  ColorScheme colours() {
    return Help.defaultColorScheme(ansi());
  }
}
