package io.compressor.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** Entry point; the only place that ends the process. */
@Command(
    name = "compressor",
    header = "Makes ONNX models smaller and faster, and proves it.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      CompressCommand.class,
      PlanCommand.class,
      AnalyzeCommand.class,
      CheckCommand.class,
      InspectCommand.class,
      EvaluateCommand.class,
      BenchCommand.class,
      DiffCommand.class,
      VerifyCommand.class,
      PassesCommand.class,
      RecipeCommand.class,
      GenerateCompletion.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Start here:",
      "  compressor demo                                        a real model, start to finish",
      "  compressor inspect model.onnx                          what is in it",
      "  compressor compress model.onnx -o out.onnx --preset int8",
      "",
      "Exit codes: 0 done, 1 a bug, 2 bad usage or input, 3 gate not met, 130 interrupted."
    })
public final class Main {
  /** How long an interrupted run may take to put its files away. */
  private static final long GRACE_SECONDS = 10;

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    // SLF4J comes with a library of ours and would announce that nobody listens.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    CountDownLatch finished = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt(finished), "interrupt"));
    Charset charset = Charset.defaultCharset();
    PrintWriter out = new PrintWriter(System.out, true, charset);
    PrintWriter err = new PrintWriter(System.err, true, charset);
    int code = run(commandLine(Terminals.ofProcess()).setOut(out).setErr(err), args);
    out.flush();
    err.flush();
    finished.countDown();
    System.exit(code);
  }

  private static int run(CommandLine line, String[] args) {
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      line.getErr().println("error: out of memory: " + e.getMessage());
      line.getErr().println("  hint: fewer --threads, or more heap: JAVA_OPTS=-Xmx8g");
      return ExitCode.INTERNAL;
    }
  }

  /**
   * The commands, wired; tests run it in their own process.
   *
   * @param terminals which of the outputs somebody watches
   */
  static CommandLine commandLine(Terminals terminals) {
    CommandLine line = new CommandLine(new Main(), new CommandFactory(terminals));
    Failures failures = new Failures();
    return line.setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setColorScheme(terminals.colours());
  }

  /** Ctrl-C: asks the work to stop and gives it time to remove its temporary files. */
  private static void interrupt(CountDownLatch finished) {
    Interruption.request();
    try {
      boolean inTime = finished.await(GRACE_SECONDS, TimeUnit.SECONDS);
      if (!inTime) {
        System.err.println("still busy after " + GRACE_SECONDS + " s, leaving");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
