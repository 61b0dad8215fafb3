package io.compressor.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.compressor.recipe.PassCatalog;
import io.compressor.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeCommandTest {
  @TempDir Path dir;

  @Test
  void passesListsPassesAndPresets() {
    Cli r = Cli.run("passes");
    assertEquals(0, r.code());
    PassCatalog.names().forEach(n -> assertTrue(r.out().contains(n), n));
    assertTrue(r.out().contains("balanced"), r.out());
  }

  @Test
  void passesNameListsEveryOption() {
    Cli r = Cli.run("passes", "quantize");
    assertEquals(0, r.code());
    PassCatalog.find("quantize")
        .orElseThrow()
        .options()
        .forEach(o -> assertTrue(r.out().contains("  " + o.name()), o.name()));
    assertEquals(0, Cli.run("passes", "quantize", "--json").code());
    Cli bad = Cli.run("passes", "prune9");
    assertEquals(2, bad.code());
    assertTrue(bad.err().contains("known: quantize"), bad.err());
  }

  @Test
  void explainShowsOrigins() throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("r.yaml"), "recipe: 1\nsteps:\n  - pass: quantize\n    with: {bits: 4}\n");
    Cli r = Cli.run("recipe", "explain", file, "--set", "quantize.group=64", "--seed", "5");
    assertEquals(0, r.code(), r.err());
    assertTrue(r.out().matches("(?s).*steps\\[0\\]\\.with\\.bits +4 +\\S*r\\.yaml:4.*"), r.out());
    assertTrue(r.out().contains("--set quantize.group=64"), r.out());
    assertTrue(r.out().matches("(?s).*seed +5 +--seed.*"), r.out());
    assertTrue(r.out().matches("(?s).*clip-search +true +default.*"), r.out());
  }

  @Test
  void explainYamlIsARecipe() {
    Cli r = Cli.run("recipe", "explain", "--preset", "small", "--yaml");
    assertEquals(Recipe.preset("small"), Recipe.parse(r.out(), "printed"));
  }

  @Test
  void recipeErrorsNameFileAndLine() throws IOException {
    Path file = Files.writeString(dir.resolve("r.yaml"), "recipe: 1\nsteps: []\nbugdet: {}\n");
    Cli r = Cli.run("recipe", "explain", file);
    assertEquals(2, r.code());
    assertTrue(r.err().contains("at: " + file + ":3"), r.err());
    assertTrue(r.err().contains("did you mean 'budget'?"), r.err());
    assertEquals(2, Cli.run("recipe", "explain", file, "--preset", "int8").code());
    assertEquals(2, Cli.run("recipe", "explain").code());
    assertEquals(2, Cli.run("recipe", "explain", "--preset", "int9").code());
    assertEquals(2, Cli.run("recipe", "explain", "--preset", "int8", "--seed", "x").code());
  }

  @Test
  void initWritesARecipeThatParsesAndNamesTheLargest() {
    Cli r = Cli.run("recipe", "init", Models.write(dir.resolve("m.onnx"), Models.classifier(1)));
    assertEquals(0, r.code(), r.err());
    assertTrue(r.out().contains("fc1.weight"), r.out());
    assertEquals(1, Recipe.parse(r.out(), "init").steps().size());
  }
}
