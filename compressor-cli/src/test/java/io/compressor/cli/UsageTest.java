package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class UsageTest {

  @Test
  void helpListsTheCommandsOnStdout() {
    Cli r = Cli.run("--help");
    assertEquals(0, r.code());
    assertEquals("", r.err());
    for (String command :
        List.of(
            "compress",
            "evaluate",
            "check",
            "bench",
            "inspect",
            "diff",
            "verify",
            "passes",
            "recipe",
            "demo",
            "generate-completion")) {
      assertTrue(r.out().contains("\n  " + command), command);
    }
  }

  @Test
  void everyCommandHasHelpWithAnExampleAndTheSharedOptions() {
    for (CommandLine sub : Main.commandLine(Terminals.NONE).getSubcommands().values()) {
      if (sub.getCommand() instanceof ToolCommand) {
        Cli r = Cli.run(sub.getCommandName(), "--help");
        assertEquals(0, r.code(), sub.getCommandName());
        assertTrue(r.out().contains("Example"), sub.getCommandName());
        assertTrue(r.out().contains("--stacktrace"), sub.getCommandName());
        assertTrue(r.out().contains("compressor " + sub.getCommandName()), sub.getCommandName());
      }
    }
  }

  @Test
  void noCommandIsAUsageError() {
    Cli r = Cli.run();
    assertEquals(2, r.code());
    assertTrue(r.err().contains("hint: see 'compressor --help'"), r.err());
  }

  @Test
  void anUnknownCommandOrOptionGetsASuggestion() {
    Cli command = Cli.run("inspekt", "x");
    assertEquals(2, command.code());
    assertTrue(command.err().contains("did you mean") && command.err().contains("inspect"));
    Cli option = Cli.run("inspect", "m.onnx", "--jsn");
    assertEquals(2, option.code());
    assertTrue(option.err().contains("did you mean --json"), option.err());
    assertEquals("", option.out());
  }

  @Test
  void aMissingArgumentNamesItself() {
    Cli r = Cli.run("inspect");
    assertEquals(2, r.code());
    assertTrue(r.err().startsWith("error: missing required parameter: 'MODEL'"), r.err());
    assertTrue(r.err().contains("at: compressor inspect"), r.err());
  }

  @Test
  void versionNamesToolAndJava() {
    Cli r = Cli.run("--version");
    assertEquals(0, r.code());
    assertTrue(r.out().matches("(?s)compressor \\S+\\R+Java .*"), r.out());
    assertFalse(r.out().contains("${"), r.out());
  }

  @Test
  void completionScriptKnowsTheCommands() {
    Cli r = Cli.run("generate-completion");
    assertEquals(0, r.code());
    assertTrue(r.out().contains("inspect") && r.out().contains("compressor"));
  }

  @Test
  void errorsAreJsonWhenLogsAre() {
    Cli r = Cli.run("inspect", "/none.onnx", "--log-format", "json");
    assertEquals(2, r.code());
    assertTrue(r.err().startsWith("{\"event\":\"error\""), r.err());
  }
}
