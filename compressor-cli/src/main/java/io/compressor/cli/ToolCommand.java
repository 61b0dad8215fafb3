package io.compressor.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all commands share: where to print, how much, and the options about it. */
abstract class ToolCommand implements Callable<Integer> {
  @Mixin CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // picocli sets it before any call
  @Spec
  CommandSpec spec;

  private Terminals terminals = Terminals.NONE;

  final void terminals(Terminals found) {
    terminals = found;
  }

  final Terminals terminals() {
    return terminals;
  }

  /** Results. */
  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Messages and progress. */
  final Log log() {
    Log.Level level =
        common.quiet ? Log.Level.ERROR : common.verbose ? Log.Level.DETAIL : Log.Level.NOTE;
    return new Log(spec.commandLine().getErr(), common.logFormat, level);
  }

  final Style style() {
    return new Style(terminals.ansi());
  }

  /** A progress reporter that suits whoever watches; close it to finish its last line. */
  final ProgressReporter progress() {
    return ProgressReporter.on(log(), terminals.err());
  }
}
