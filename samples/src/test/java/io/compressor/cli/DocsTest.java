package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.error.CompressorException;
import io.compressor.recipe.OptionSpec;
import io.compressor.recipe.OptionValue;
import io.compressor.recipe.PassCatalog;
import io.compressor.recipe.PassDescriptor;
import io.compressor.recipe.RecipeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParameterException;

/**
 * The documentation says only what works: commands parse, recipes resolve, links lead somewhere.
 */
class DocsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
  private static final Pattern COMMAND = Pattern.compile("(?:\\./)?compressor\\s+(\\S.*)");

  @Test
  void everyCommandLineParses() throws IOException {
    List<String> commands = new ArrayList<>();
    for (Path file : documents()) {
      commands.addAll(commands(Files.readString(file)));
    }
    for (String ci : List.of("github-actions.yml", "gitlab-ci.yml")) {
      String text = Files.readString(ROOT.resolve("samples/ci").resolve(ci));
      commands.add(folded(text));
    }
    assertTrue(commands.size() > 8, commands.toString());
    List<String> wrong = new ArrayList<>();
    for (String command : commands) {
      try {
        Main.commandLine(Terminals.NONE).parseArgs(command.strip().split("\\s+"));
      } catch (ParameterException e) {
        wrong.add(command + ": " + e.getMessage());
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void everyRecipeResolves() throws IOException {
    int recipes = 0;
    List<String> wrong = new ArrayList<>();
    for (Path file : documents()) {
      for (String yaml : blocks(Files.readString(file), "yaml")) {
        if (yaml.startsWith("recipe:")) {
          recipes++;
          try {
            RecipeSource.text(yaml, file.toString()).resolve();
          } catch (CompressorException e) {
            wrong.add(e.where() + ": " + e.getMessage());
          }
        }
      }
    }
    assertTrue(recipes >= 2, "found " + recipes);
    assertEquals(List.of(), wrong);
  }

  @Test
  void everyRelativeLinkExists() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path file : documents()) {
      Matcher link = LINK.matcher(Files.readString(file).replaceAll("(?s)```.*?```|`[^`]*`", ""));
      while (link.find()) {
        String target = link.group(1);
        boolean elsewhere = target.startsWith("http") || target.startsWith("mailto:");
        if (!elsewhere && !Files.exists(file.resolveSibling(target))) {
          broken.add(ROOT.relativize(file) + " -> " + target);
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  /** With {@code -Ddocs.write=true} the tables are written anew. */
  @Test
  void optionTablesAreThoseOfTheCatalogue() throws IOException {
    for (PassDescriptor pass : PassCatalog.all()) {
      Path file = ROOT.resolve("docs/passes/" + pass.name() + ".md");
      String text = Files.readString(file);
      String begin = "<!-- options: " + pass.name() + " -->\n";
      int from = text.indexOf(begin) + begin.length();
      int to = text.indexOf("<!-- /options -->");
      assertFalse(from < begin.length() || to < from, "no markers in " + pass.name() + ".md");
      String expected = table(pass);
      if (Boolean.getBoolean("docs.write")) {
        Files.writeString(file, text.substring(0, from) + expected + text.substring(to));
      } else {
        assertEquals(expected, text.substring(from, to), "run with -Ddocs.write=true");
      }
    }
  }

  private static String table(PassDescriptor pass) {
    StringBuilder table = new StringBuilder("| option | values | default | meaning | source |\n");
    table.append("|---|---|---|---|---|\n");
    for (OptionSpec option : pass.options()) {
      table.append(
          "| `%s` | %s | %s | %s | %s |%n"
              .formatted(
                  option.name(),
                  cell(option.type().describe()),
                  option.fallback().map(OptionValue::toString).map(v -> "`" + v + "`").orElse(""),
                  cell(option.doc()),
                  cell(option.source()))
              .replace(System.lineSeparator(), "\n"));
    }
    return table.toString();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.of("README.md", "CONTRIBUTING.md").map(ROOT::resolve),
              docs.filter(p -> p.toString().endsWith(".md")))
          .sorted()
          .toList();
    }
  }

  /** Arguments of each call in the shell blocks, continued lines joined, comments removed. */
  private static List<String> commands(String markdown) {
    List<String> found = new ArrayList<>();
    for (String block : blocks(markdown, "sh")) {
      block
          .replaceAll("\\\\\\n", " ")
          .lines()
          .map(line -> line.replaceAll("\\s#.*$", "").strip())
          .map(COMMAND::matcher)
          .filter(Matcher::matches)
          .forEach(m -> found.add(m.group(1)));
    }
    return found;
  }

  /** The arguments of a call that a YAML file folds over two lines. */
  private static String folded(String yaml) {
    Matcher call = Pattern.compile("compressor (check .*\\n.*)\\n").matcher(yaml);
    assertTrue(call.find(), yaml);
    return call.group(1).replaceAll("\\s+", " ");
  }

  private static List<String> blocks(String markdown, String language) {
    List<String> found = new ArrayList<>();
    Matcher block = BLOCK.matcher(markdown);
    while (block.find()) {
      if (block.group(1).equals(language)) {
        found.add(block.group(2));
      }
    }
    return found;
  }
}
