package io.compressor.cli;

import picocli.CommandLine.Option;

/** Options that every command has. */
final class CommonOptions {
  @Option(
      names = {"-q", "--quiet"},
      description = "No progress and no notes; errors only.")
  boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "More detail on stderr.")
  boolean verbose;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "Form of progress and messages on stderr (default: text).")
  Log.Format logFormat = Log.Format.TEXT;

  @Option(names = "--stacktrace", description = "Print a stack trace with an error.")
  boolean stacktrace;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  boolean help;
}
