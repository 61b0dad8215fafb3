package io.compressor.cli;

import io.compressor.error.CompressorException;
import io.compressor.error.ErrorCode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns failures into three lines (what, where, what to do) and an exit code. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
    CommonOptions options =
        line.getCommand() instanceof ToolCommand command ? command.common : new CommonOptions();
    CompressorException known = known(e);
    print(line, options, known);
    if (options.stacktrace) {
      e.printStackTrace(line.getErr());
    }
    return known.code().exitCode();
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    String command = line.getCommandSpec().qualifiedName();
    String message = String.valueOf(e.getMessage());
    String hint = "see '" + command + " --help'";
    if (e instanceof UnmatchedArgumentException unmatched) {
      message = "unknown argument " + unmatched.getUnmatched();
      String near = String.join(" or ", unmatched.getSuggestions());
      hint = near.isEmpty() ? hint : "did you mean " + near + "? " + hint;
    }
    print(
        line,
        new CommonOptions(),
        new CompressorException(ErrorCode.USAGE, command, decapitalise(message), hint));
    return ExitCode.USAGE;
  }

  private static CompressorException known(Exception e) {
    if (e instanceof CompressorException known) {
      return known;
    }
    return new CompressorException(
        ErrorCode.INTERNAL,
        e.getStackTrace().length > 0 ? e.getStackTrace()[0].toString() : "",
        "this is a bug: " + e,
        "run again with --stacktrace and report the output");
  }

  private static void print(CommandLine line, CommonOptions options, CompressorException e) {
    PrintWriter err = line.getErr();
    if (options.logFormat == Log.Format.JSON) {
      new Log(err, Log.Format.JSON, Log.Level.NOTE)
          .event(
              "error",
              Map.of(
                  "code", e.code().name().toLowerCase(Locale.ROOT),
                  "where", e.where(),
                  "message", "" + e.getMessage(),
                  "hint", e.hint()));
      return;
    }
    Style style = new Style(line.getColorScheme().ansi());
    err.println(style.bad("error:") + " " + e.getMessage());
    if (!e.where().isEmpty()) {
      err.println("  at: " + e.where());
    }
    if (!e.hint().isEmpty()) {
      err.println("  hint: " + e.hint());
    }
    err.flush();
  }

  private static String decapitalise(String text) {
    return text.length() > 1 && Character.isLowerCase(text.charAt(1))
        ? text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1)
        : text;
  }
}
