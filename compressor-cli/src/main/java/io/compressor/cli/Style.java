package io.compressor.cli;

import picocli.CommandLine.Help.Ansi;

/** Colour where somebody sees it, plain text elsewhere. */
record Style(Ansi ansi) {
  String bold(String text) {
    return mark(Ansi.Style.bold, text);
  }

  String good(String text) {
    return mark(Ansi.Style.fg_green, text);
  }

  String bad(String text) {
    return mark(Ansi.Style.fg_red, text);
  }

  String faint(String text) {
    return mark(Ansi.Style.faint, text);
  }

  private String mark(Ansi.Style style, String text) {
    return ansi.enabled() ? style.on() + text + Ansi.Style.reset.on() : text;
  }
}
